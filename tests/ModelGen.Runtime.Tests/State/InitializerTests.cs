using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.State;

public sealed class InitializerTests
{
    static ModelState<float> State() => new(Layouts.Of("Net", Layouts.Weight("a.weight", [60, 40]), Layouts.Weight("b.weight", [32, 8, 3, 3], [2, 3, 1, 0]), Layouts.Weight("a.bias", [60])));

    // Fan-in and fan-out of a are 40 and 60, of b 72 and 288. For each: the mean, the deviation, and a bound that nothing passes.
    public static TheoryData<string, string, double, double, double> Cases => new()
    {
        { "Uniform", "a.weight", 0.5, 0.28867513, 0.5 },
        { "Normal", "a.weight", 1, 0.5, 3 },
        { "TruncatedNormal", "a.weight", 0, 0.87962566, 2 },
        { "XavierUniform", "a.weight", 0, 0.14142136, 0.24494897 },
        { "XavierNormal", "a.weight", 0, 0.14142136, 1 },
        { "KaimingUniform", "b.weight", 0, 0.16666667, 0.28867513 },
        { "KaimingNormal", "b.weight", 0, 0.08333333, 0.5 },
        { "LeCunUniform", "b.weight", 0, 0.11785113, 0.20412415 },
        { "LeCunNormal", "a.weight", 0, 0.15811388, 1 },
    };

    static Initializer Create(string name) => name switch
    {
        "Uniform" => Initializer.Uniform(),
        "Normal" => Initializer.Normal(1, 0.5),
        "TruncatedNormal" => Initializer.TruncatedNormal(),
        "XavierUniform" => Initializer.XavierUniform(),
        "XavierNormal" => Initializer.XavierNormal(),
        "KaimingUniform" => Initializer.KaimingUniform(),
        "KaimingNormal" => Initializer.KaimingNormal(mode: FanMode.Out),
        "LeCunUniform" => Initializer.LeCunUniform(),
        _ => Initializer.LeCunNormal(),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Mean_deviation_and_bound_are_those_of_the_formula(string name, string parameter, double mean, double deviation, double bound)
    {
        using var state = State();
        state.Parameters[parameter].Initialize(Create(name), seed: 5);
        var values = state.Parameters[parameter].Values.ToDoubleArray();
        double actual = values.Average();
        // Four deviations of the estimates from 2304 values or more.
        Assert.Equal(mean, actual, 4 * deviation / Math.Sqrt(values.Length));
        Assert.Equal(deviation, Math.Sqrt(values.Average(v => (v - actual) * (v - actual))), 4 * deviation / Math.Sqrt(values.Length));
        Assert.All(values, v => Assert.InRange(v - mean, -bound, bound));
    }

    [Theory]
    [InlineData("a.weight", 60, 40)]
    [InlineData("b.weight", 32, 72)]
    public void Rows_or_columns_are_orthogonal(string name, int rows, int columns)
    {
        using var state = State();
        state.Parameters[name].Initialize(Initializer.Orthogonal(gain: 2));
        var w = state.Parameters[name].Values.ToDoubleArray();
        bool isWide = rows <= columns;
        for (int a = 0; a < Math.Min(rows, columns); a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double dot = Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => isWide ? w[(a * columns) + i] * w[(b * columns) + i] : w[(i * columns) + a] * w[(i * columns) + b]);
                Assert.Equal(a == b ? 4 : 0, dot, 1e-5);
            }
        }
    }

    /// <summary>PyTorch's eye_ and dirac_.</summary>
    [Fact]
    public void Identities_give_back_what_comes_in()
    {
        using var state = State();
        state.Parameters["a.weight"].Initialize(Initializer.Identity());
        Assert.Equal(Enumerable.Range(0, 60 * 40).Select(i => i / 40 == i % 40 ? 1.0 : 0), state.Parameters["a.weight"].Values.ToDoubleArray());
        foreach (int groups in (int[])[1, 4])
        {
            state.Parameters["b.weight"].Initialize(Initializer.Dirac(groups));
            // [32, 8, 3, 3]: the middle of a kernel is its fifth element.
            Assert.Equal(Enumerable.Range(0, 32 * 8 * 9).Select(i => i % 9 == 4 && i / 9 % 8 == i / 72 % (32 / groups) ? 1.0 : 0), state.Parameters["b.weight"].Values.ToDoubleArray());
        }
        Assert.Contains("'a.weight' [60, 40] is no convolution", Assert.Throws<ArgumentException>(() => state.Parameters["a.weight"].Initialize(Initializer.Dirac())).Message, StringComparison.Ordinal);
        Assert.Contains("'b.weight' [32, 8, 3, 3] is no matrix", Assert.Throws<ArgumentException>(() => state.Parameters["b.weight"].Initialize(Initializer.Identity())).Message, StringComparison.Ordinal);
        Assert.Contains("do not divide by 5 groups", Assert.Throws<ArgumentException>(() => state.Parameters["b.weight"].Initialize(Initializer.Dirac(5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Dirac(0));
    }

    [Fact]
    public void Columns_have_their_share_of_zeros()
    {
        using var state = State();
        state.Parameters["a.weight"].Initialize(Initializer.Sparse(0.31, deviation: 0.5), seed: 2);
        var w = state.Parameters["a.weight"].Values.ToDoubleArray();
        int[][] zeros = [.. Enumerable.Range(0, 40).Select(c => Enumerable.Range(0, 60).Where(r => w[(r * 40) + c] == 0).ToArray())];
        Assert.All(zeros, column => Assert.Equal(19, column.Length));   // 18.6, rounded up
        Assert.True(zeros.Select(column => string.Join(' ', column)).Distinct().Count() == 40);
        var others = w.Where(v => v != 0).ToArray();
        Assert.Equal(0.5, Math.Sqrt(others.Average(v => v * v)), 4 * 0.5 / Math.Sqrt(2 * others.Length));
        Assert.Contains("is no matrix", Assert.Throws<ArgumentException>(() => state.Parameters["a.bias"].Initialize(Initializer.Sparse(0.5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Sparse(1.5));
    }

    /// <summary>All weights would be NaN, and the first loss would be the first to say so.</summary>
    [Fact]
    public void Numbers_are_checked()
    {
        static void Wrong(string parameter, double value, Func<double, Initializer> create)
        {
            var e = Assert.Throws<ArgumentOutOfRangeException>(() => create(value));
            Assert.Equal((parameter, value), (e.ParamName, (double)e.ActualValue!));
            Assert.StartsWith($"'{parameter}' must be ", e.Message, StringComparison.Ordinal);
        }
        foreach (double value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Wrong("value", value, v => Initializer.Constant(v));
            Wrong("low", value, v => Initializer.Uniform(v));
            Wrong("high", value, v => Initializer.Uniform(0, v));
            Wrong("mean", value, v => Initializer.Normal(v));
            Wrong("deviation", value, v => Initializer.Normal(0, v));
            Wrong("mean", value, v => Initializer.TruncatedNormal(v));
            Wrong("deviation", value, v => Initializer.TruncatedNormal(0, v));
            Wrong("gain", value, v => Initializer.XavierUniform(v));
            Wrong("gain", value, v => Initializer.XavierNormal(v));
            Wrong("slope", value, v => Initializer.KaimingUniform(v));
            Wrong("slope", value, v => Initializer.KaimingNormal(v));
            Wrong("gain", value, v => Initializer.Orthogonal(v));
            Wrong("deviation", value, v => Initializer.Sparse(0.1, v));
        }
        Wrong("deviation", -1, v => Initializer.Normal(0, v));
        Wrong("deviation", -1, v => Initializer.Sparse(0.1, v));
        Wrong("deviation", 0, v => Initializer.TruncatedNormal(0, v));
        Wrong("high", -0.5, v => Initializer.Uniform(0.25, v));
        Wrong("high", double.NaN, v => Initializer.TruncatedNormal(high: v));

        using var state = State();
        state.Parameters["a.bias"].Initialize(Initializer.Uniform(0.25, 0.25));
        Assert.All(state.Parameters["a.bias"].Values.ToArray(), v => Assert.Equal(0.25f, v));
        // One side alone is cut off.
        state.Parameters["a.weight"].Initialize(Initializer.TruncatedNormal(low: 0, high: double.PositiveInfinity));
        Assert.All(state.Parameters["a.weight"].Values.ToArray(), v => Assert.InRange(v, 0, 6));
    }

    /// <summary>The weights come first and fit; the bias does not.</summary>
    [Fact]
    public void A_pattern_with_a_tensor_that_does_not_fit_draws_none()
    {
        using var state = State();
        var before = state.Parameters.Select(p => p.Values.ToArray()).ToArray();
        var e = Assert.Throws<ArgumentException>(() => state.Parameters.Initialize("*", Initializer.XavierUniform(), seed: 8));
        Assert.Contains("'a.bias' [60] has no fan-in", e.Message, StringComparison.Ordinal);
        Assert.Contains("one of 3 parameters of Net that '*' stands for; none was changed. Choose fewer, such as \"*.weight\"", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, state.Parameters.Select(p => p.Values.ToArray()).ToArray());
    }

    [Fact]
    public void Patterns_choose_and_seeds_repeat()
    {
        using var state = State();
        Assert.Equal(2, state.Parameters.Initialize("*.weight", Initializer.XavierNormal(), seed: 3));
        var first = state.Parameters["a.weight"].Values.ToArray();
        Assert.Equal(3, state.Parameters.Initialize("*", Initializer.Ones));
        Assert.All(state.Parameters["b.weight"].Values.ToArray(), v => Assert.Equal(1, v));
        state.Parameters["a.weight"].Initialize(Initializer.XavierNormal(), seed: 3);
        Assert.Equal(first, state.Parameters["a.weight"].Values.ToArray());
        state.Parameters.Initialize("a.bias", Initializer.Constant(0.25));
        Assert.All(state.Parameters["a.bias"].Values.ToArray(), v => Assert.Equal(0.25f, v));
        Assert.Throws<KeyNotFoundException>(() => state.Parameters.Initialize("c.*", Initializer.Zeros));
        var e = Assert.Throws<ArgumentException>(() => state.Parameters["a.bias"].Initialize(Initializer.KaimingUniform()));
        Assert.Contains("'a.bias' [60]", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.TruncatedNormal(low: 1, high: 1));
    }
}
