using ModelGen.Compiler;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>A training step that updates large weights while it makes their gradients does what the optimizer's formula says.</summary>
public sealed class WeightUpdateTests
{
    const int Batch = 7, Steps = 3;

    static readonly float[] x = [.. Enumerable.Range(0, Batch * 130).Select(i => MathF.Sin(i * 0.37f))];
    static readonly int[] labels = [.. Enumerable.Range(0, Batch).Select(i => i % 3)];

    [Fact]
    public void Large_products_update_their_weights()
    {
        var kernels = ModelCompiler.Steps(CompiledNetworks.Assembly.Spec("WideNet")).Steps.Single(s => s.Name == "TrainStep").Schedule.Kernels;
        // The last layer has 330 weights, which stay in the cache: they are updated at the end of the step.
        Assert.Equal(2, kernels.Count(k => k.Name == "MatMulUpdate"));
    }

    /// <summary>v ← 0.9 v + g; w ← w - 0.1 v.</summary>
    [Fact]
    public void Momentum() => Follows(() => new Sgd(0.1, momentum: 0.9), (w, g, state, _) =>
    {
        state[0] = (0.9 * state[0]) + g;
        return w - (0.1 * state[0]);
    });

    /// <summary>m ← 0.9 m + 0.1 g; v ← 0.999 v + 0.001 g²; w ← w - 0.01 m̂ / (√v̂ + 1e-8).</summary>
    [Fact]
    public void AdaptiveMoments() => Follows(() => new Adam(0.01), (w, g, state, step) =>
    {
        state[0] = (0.9 * state[0]) + (0.1 * g);
        state[1] = (0.999 * state[1]) + (0.001 * g * g);
        double m = state[0] / (1 - Math.Pow(0.9, step)), v = state[1] / (1 - Math.Pow(0.999, step));
        return w - (0.01 * m / (Math.Sqrt(v) + 1e-8));
    });

    static void Follows(Func<Optimizer> create, Func<double, double, double[], int, double> rule)
    {
        foreach (var width in Machine.Widths)
        {
            using var machine = Machine.With(width);
            var (net, optimizer) = (new WideNet(), create());
            var states = net.Parameters.ToDictionary(p => p.Name, p => Enumerable.Range(0, p.Values.Length).Select(_ => new double[2]).ToArray());
            for (int step = 1; step <= Steps; step++)
            {
                net.ComputeGradients(x, labels);
                var expected = net.Parameters.ToDictionary(p => p.Name, p =>
                {
                    double[] w = p.Values.ToDoubleArray(), g = p.Gradient.ToDoubleArray();
                    return w.Select((value, i) => rule(value, g[i], states[p.Name][i], step)).ToArray();
                });
                net.TrainStep(x, labels, optimizer);
                foreach (var p in net.Parameters) Near.Equal(expected[p.Name], p.Values.ToDoubleArray(), $"{width}, step {step}: {p.Name}");
            }
        }
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        double[] Train(int threads)
        {
            using var machine = Machine.With(threads);
            var (net, optimizer) = (new WideNet(), new AdamW());
            for (int i = 0; i < Steps; i++) net.TrainStep(x, labels, optimizer);
            return PropertyTests.Snapshot(net.Parameters);
        }
        var one = Train(1);
        Near.SameBits(one, Train(2), "two threads");
        Near.SameBits(one, Train(3), "three threads");
    }

    [Fact]
    public void A_loss_that_is_no_number_changes_nothing()
    {
        var (net, optimizer) = (new WideNet(), new Adam());
        net.TrainStep(x, labels, optimizer);
        var before = PropertyTests.Snapshot(net.Parameters);
        float[] spoilt = [.. x];
        spoilt[40] = float.NaN;
        Assert.Throws<NonFiniteLossException>(() => net.TrainStep(spoilt, labels, optimizer));
        Near.SameBits(before, PropertyTests.Snapshot(net.Parameters), "weights");
        Assert.Equal(1, optimizer.StepCount);
    }

    [Fact]
    public void A_training_step_keeps_no_gradients()
    {
        var net = new WideNet();
        net.ComputeGradients(x, labels);
        double first = net.Parameters["wide.bias"].Gradient[0];
        net.TrainStep(x, labels, new Sgd(0));
        var thrown = Assert.Throws<InvalidOperationException>(() => net.Parameters["wide.bias"].Gradient[0]);
        Assert.Equal(
            "The gradient of 'wide.bias' of WideNet is not there: the last call was a training step, which uses up each gradient as it is made, or it failed. Call ComputeGradients instead to look at gradients.",
            thrown.Message);
        net.ComputeGradients(x, labels);
        Assert.Equal(first, net.Parameters["wide.bias"].Gradient[0]);
    }
}
