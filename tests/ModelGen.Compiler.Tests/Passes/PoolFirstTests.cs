using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Tests.Ops;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Passes;

/// <summary>Pooling before a bias and an activation: where it may be done, and that neither values nor gradients change.</summary>
public sealed class PoolFirstTests
{
    readonly Ops.Surface s = new();
    readonly Node image, weight, bias, convolved;

    public PoolFirstTests()
    {
        image = s.Float("2, 3, 8, 9", Numbers(2 * 3 * 8 * 9, 1));
        weight = s.Float("5, 3, 3, 3", Numbers(5 * 3 * 3 * 3, 2));
        bias = s.Float("5, 1, 1", Numbers(5, 3));
        convolved = s.Call("Conv2d", image, weight);
    }

    public static TheoryData<string> Moved => ["ReLU of a sum", "a sum", "the bias first", "a difference", "several", "a pool without rest"];

    [Theory]
    [MemberData(nameof(Moved))]
    public void Pools_what_the_convolution_makes(string name)
    {
        var y = name switch
        {
            "ReLU of a sum" => Pool(s.Call("Relu", convolved + bias)),
            "a sum" => Pool(convolved + bias),
            "the bias first" => Pool(s.Call("Tanh", bias + convolved)),
            "a difference" => Pool(s.Call("LeakyRelu", convolved - bias, 0.1)),
            "several" => Pool(s.Call("Sigmoid", s.Call("Relu6", s.Call("Elu", convolved + bias) - bias))),
            _ => s.Call("MaxPool2d", s.Call("Relu", convolved + bias), 3),
        };
        var (before, after) = Rewritten(y);
        Assert.True(FollowsConvolution(after), after.ToString());
        Same(before, after);
    }

    [Fact]
    public void Leaves_what_may_decrease() => Stays(Pool(s.Call("Silu", convolved + bias)));

    [Fact]
    public void Leaves_a_difference_from_the_bias() => Stays(Pool(bias - convolved));

    [Fact]
    public void Leaves_a_negative_slope() => Stays(Pool(s.Call("LeakyRelu", convolved, -0.5)));

    [Fact]
    public void Leaves_a_scale_of_unknown_sign() => Stays(Pool(s.Call("Relu", convolved * bias)));

    [Fact]
    public void Leaves_a_residual() => Stays(Pool(s.Call("Relu", convolved + s.Call("Conv2d", image, weight * weight))));

    [Fact]
    public void Leaves_a_sum_that_differs_from_row_to_row() => Stays(Pool(convolved + s.Float("6, 1", Numbers(6, 4))));

    [Fact]
    public void Leaves_windows_that_overlap() => Stays(s.Call("MaxPool2d", s.Call("Relu", convolved + bias), 3, 2));

    [Fact]
    public void Leaves_what_somebody_else_reads()
    {
        var active = s.Call("Relu", convolved + bias);
        s.Graph.Outputs.Add(("active", active));
        Stays(Pool(active));
    }

    [Fact]
    public void Leaves_what_is_no_convolution() => Stays(Pool(s.Call("Relu", image)));

    [Fact]
    public void NaN_stays_NaN()
    {
        var x = s.Float("1, 1, 2, 2", 1, double.NaN, 3, 2);
        var (before, after) = Rewritten(Pool(s.Call("Relu", s.Call("Conv2d", x, s.Float("1, 1, 1, 1", 1)) + s.Float("1, 1, 1", -1))));
        Assert.True(FollowsConvolution(after));
        Same(before, after);
        Assert.True(double.IsNaN(s.Evaluate(after.Outputs[^1].Value).Data[0]));
    }

    [Fact]
    public void What_says_that_it_never_decreases_does_not()
    {
        var ops = SampleCase.All().SelectMany(c => c.Graph.Nodes).Select(n => n.Op).Where(o => o.IsNondecreasing).OfType<UnaryOp>().DistinctBy(o => o.Identity).ToArray();
        Assert.True(ops.Length >= 8);
        foreach (var op in ops)
        {
            var values = Enumerable.Range(-4000, 8001).Select(i => op.Reference(i / 200.0)).ToArray();
            Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.First <= pair.Second, $"{op}: {pair}"));
            Assert.True(double.IsNaN(op.Reference(double.NaN)), $"{op} of NaN");
        }
    }

    Node Pool(Node x) => s.Call("MaxPool2d", x, 2);

    (Graph Before, Graph After) Rewritten(Node y)
    {
        s.Graph.Outputs.Add(("y", y));
        return (s.Graph, PoolFirst.Of(s.Graph));
    }

    void Stays(Node y)
    {
        var (_, after) = Rewritten(y);
        Assert.False(FollowsConvolution(after), after.ToString());
    }

    static bool FollowsConvolution(Graph graph) => graph.Live().Single(n => n.Op is MaxPool2d).Inputs[0].Op is Conv2d;

    // Values, and the gradients of image, weight and bias where the graph has them.
    void Same(Graph before, Graph after)
    {
        Near.Equal(s.Evaluate(before.Outputs[^1].Value), s.Evaluate(after.Outputs[^1].Value), 1e-14, "values");
        foreach (var input in new[] { image, weight, bias })
        {
            if (!before.Live().Contains(input)) continue;
            Near.Equal(Gradient(before, input), Gradient(after, input), 1e-12, "gradients");
        }
    }

    NdArray Gradient(Graph graph, Node input)
    {
        var leaf = graph.Live().Single(n => n.Op == input.Op);
        var y = graph.Outputs[^1].Value;
        return s.Evaluate(ReverseMode.Gradient(Sum.Of(y * y, [.. Enumerable.Range(0, y.Shape.Rank)], keepDims: false), [leaf])[0]);
    }

    static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }
}
