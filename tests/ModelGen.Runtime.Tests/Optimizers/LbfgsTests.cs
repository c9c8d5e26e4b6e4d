using System.Numerics;
using System.Text.Json;
using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Optimizers;

/// <summary>L-BFGS on Rosenbrock's valley in 38 dimensions against PyTorch (tests/golden/optimizers.py), and what it does at its edges.</summary>
public sealed class LbfgsTests
{
    static readonly ModelLayout Layout = Layouts.Of("Net", Layouts.Weight("w", [5, 7]), Layouts.Weight("b", [3]));

    static readonly Dictionary<string, double[]> Goldens =
        JsonSerializer.Deserialize<Dictionary<string, double[]>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "lbfgs.json")))!;

    /// <summary>Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])² over all weights in a row, and its gradient.</summary>
    static double Rosenbrock(ParameterSet parameters)
    {
        double[] x = [.. parameters.SelectMany(p => p.Values.ToDoubleArray())], g = new double[x.Length];
        double loss = 0;
        for (int i = 0; i + 1 < x.Length; i++)
        {
            double a = x[i + 1] - (x[i] * x[i]), b = 1 - x[i];
            loss += (100 * a * a) + (b * b);
            g[i] += (-400 * a * x[i]) - (2 * b);
            g[i + 1] += 200 * a;
        }
        int offset = 0;
        foreach (var p in parameters)
        {
            p.Gradient.CopyFrom(g.AsSpan(offset, p.Length));
            offset += p.Length;
        }
        return loss;
    }

    static ModelState<T> Start<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var state = new ModelState<T>(Layout);
        int i = 0;
        foreach (var p in state.Parameters) p.Values.CopyFrom([.. Enumerable.Range(0, p.Length).Select(_ => i++ % 2 == 0 ? -1.2 : 1.0)]);
        return state;
    }

    public static TheoryData<string> Runs => [.. Goldens.Keys];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Iterations_equal_PyTorch(string run)
    {
        int[] numbers = [.. run.Split(' ').Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
        using var state = Start<double>();
        var result = new Lbfgs { MaxIterations = numbers[0], MaxEvaluations = 10_000, HistorySize = numbers[1] }.Minimize(state.Parameters, () => Rosenbrock(state.Parameters));
        double[] expected = Goldens[run], actual = [result.Evaluations, result.Iterations, result.Loss, .. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-7 * Math.Max(1, Math.Abs(expected[i])), $"{run}, number {i}: expected {expected[i]:R}, got {actual[i]:R}");
    }

    [Fact]
    public void It_finds_the_minimum()
    {
        using var state = Start<double>();
        var losses = new List<double>();
        var result = new Lbfgs { MaxIterations = 500, MaxEvaluations = 1000, OnIteration = (i, loss) => { Assert.Equal(losses.Count + 1, i); losses.Add(loss); } }
            .Minimize(state.Parameters, () => Rosenbrock(state.Parameters));
        Assert.True(result.Loss < 1e-7, $"loss {result.Loss}");
        Assert.NotEqual(LbfgsEnd.Iterations, result.End);
        Assert.Equal(losses.Count, result.Iterations);
        Assert.Equal(losses.OrderDescending(), losses);
        Assert.All(state.Parameters.SelectMany(p => p.Values.ToDoubleArray()), x => Assert.Equal(1, x, 1e-3));
        // There is nothing left to do.
        Assert.Equal(LbfgsEnd.Gradient, new Lbfgs { GradientTolerance = 1e-3 }.Minimize(state.Parameters, () => Rosenbrock(state.Parameters)).End);
    }

    [Fact]
    public void A_float32_model_gets_as_far_as_its_precision()
    {
        using var state = Start<float>();
        var result = new Lbfgs { MaxIterations = 500, MaxEvaluations = 1000 }.Minimize(state.Parameters, () => Rosenbrock(state.Parameters));
        Assert.True(result.Loss < 1e-4, $"loss {result.Loss}");
        Assert.Equal(result.Loss, Rosenbrock(state.Parameters));
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_a_step_too_long()
    {
        using var state = new ModelState<double>(Layouts.Of("Net", Layouts.Weight("w", [1])));
        var w = state.Parameters["w"];
        w.Values.Fill(0.5);
        // -ln w + 9 w has its minimum at 1/9, and no value below 0.
        var result = new Lbfgs { LearningRate = 10, MaxEvaluations = 100 }.Minimize(state.Parameters, () =>
        {
            double x = w.Values[0];
            if (x <= 0) throw new NonFiniteLossException(double.NaN, "ComputeGradients", 0);
            w.Gradient.Fill(9 - (1 / x));
            return (9 * x) - Math.Log(x);
        });
        Assert.Equal(1 / 9.0, w.Values[0], 1e-5);
        Assert.True(double.IsFinite(result.Loss));
    }

    /// <summary>-ln w + 9 w again, with a function that returns the NaN, or gives a gradient that is not finite, instead of throwing.</summary>
    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(0, double.NaN)]
    [InlineData(0, double.PositiveInfinity)]
    public void A_trial_with_a_loss_or_gradient_that_is_not_finite_is_a_step_too_long(double loss, double gradient)
    {
        using var state = new ModelState<double>(Layouts.Of("Net", Layouts.Weight("w", [1])));
        var w = state.Parameters["w"];
        w.Values.Fill(0.5);
        var result = new Lbfgs { LearningRate = 10, MaxEvaluations = 100 }.Minimize(state.Parameters, () =>
        {
            double x = w.Values[0];
            w.Gradient.Fill(x <= 0 ? gradient : 9 - (1 / x));
            return x <= 0 ? loss : (9 * x) - Math.Log(x);
        });
        Assert.Equal(1 / 9.0, w.Values[0], 1e-5);
        Assert.Equal((9 * w.Values[0]) - Math.Log(w.Values[0]), result.Loss);
    }

    [Fact]
    public void First_weights_without_a_finite_loss_and_gradient_are_an_error()
    {
        using var state = Start<float>();
        double[] Weights() => [.. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];
        double[] before = Weights();
        double WithGradient(double value, double loss)
        {
            state.Parameters["w"].Gradient.Fill(0.5);
            state.Parameters["b"].Gradient.Fill(value);
            return loss;
        }
        foreach (double value in (double[])[double.NaN, double.NegativeInfinity])
        {
            var gradient = Assert.Throws<NonFiniteGradientException>(() => new Lbfgs().Minimize(state.Parameters, () => WithGradient(value, 1)));
            Assert.Contains("The gradient of 'b' of Net is not finite at the first weights of 'Minimize'. The weights were not changed.", gradient.Message, StringComparison.Ordinal);
            Assert.Contains($"The loss of 'Minimize' is {value.ToString(System.Globalization.CultureInfo.InvariantCulture)} in step 0.",
                Assert.Throws<NonFiniteLossException>(() => new Lbfgs().Minimize(state.Parameters, () => WithGradient(1, value))).Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, Weights());
        Assert.Throws<InvalidOperationException>(() => new Sgd(0.1).Step(state.Parameters));
    }

    [Fact]
    public void Where_every_step_is_too_long_the_weights_stay()
    {
        using var state = Start<double>();
        double[] Weights() => [.. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];
        double[] before = Weights();
        int calls = 0;
        var result = new Lbfgs().Minimize(state.Parameters, () => { double loss = Rosenbrock(state.Parameters); return calls++ == 0 ? loss : double.NaN; });
        Assert.Equal(LbfgsEnd.Change, result.End);
        Assert.Equal(before, Weights());
        Assert.Equal(Rosenbrock(state.Parameters), result.Loss);
    }

    [Fact]
    public void What_the_function_throws_leaves_the_weights_of_the_last_iteration()
    {
        using var state = Start<double>();
        double[] Weights() => [.. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];
        double[] accepted = Weights();
        int calls = 0;
        var lbfgs = new Lbfgs { OnIteration = (_, _) => accepted = Weights() };
        Assert.Throws<TimeoutException>(() => lbfgs.Minimize(state.Parameters, () => calls++ < 7 ? Rosenbrock(state.Parameters) : throw new TimeoutException()));
        Assert.NotEqual(-1.2, accepted[0]);
        Assert.Equal(accepted, Weights());
        // The gradients were those of a point that is gone.
        Assert.Throws<InvalidOperationException>(() => new Sgd(0.1).Step(state.Parameters));
    }

    [Fact]
    public void Mistakes()
    {
        using var state = Start<double>();
        var e = Assert.Throws<InvalidOperationException>(() => new Lbfgs().Minimize(state.Parameters, () => 1));
        Assert.Contains("computed no gradients of Net", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lbfgs { MaxIterations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lbfgs { LearningRate = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lbfgs { GradientTolerance = -1 });
    }
}
