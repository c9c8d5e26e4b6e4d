using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Scheduling;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>A scan equals the same steps unrolled, its gradients equal central differences to the second order, and passes change nothing.</summary>
public sealed class ScanTests
{
    const double Step = 1e-5;
    static readonly Dim T = Dim.Symbol("T");

    readonly Dictionary<string, NdArray> values = [];

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    public void Equals_the_steps_unrolled(bool reverse, int steps)
    {
        var (graph, leaves) = Leaves(T);
        values["x"] = Draw("x", steps, 2, 3);
        var looped = Loop(graph, leaves, keep: false, reverse);
        var (unrolled, constant) = Leaves(steps);
        var (h, s, each) = (constant[1], constant[2], new Node[steps]);
        for (int i = 0; i < steps; i++)
        {
            int t = reverse ? steps - 1 - i : i;
            (h, s, each[t]) = Body(Select.Of(constant[0], 0, t), h, s, constant[3], constant[4], constant[5]);
        }
        Node[] expected = [h, s, Concat.Of(0, [.. each.Select(e => Reshape.Of(e, new Shape(e.Shape.Prepend(Dim.One))))])];
        foreach (var (a, b) in Evaluate(expected, steps).Zip(Evaluate(looped, steps))) Near.Equal(a.Data, b.Data, 1e-14, "scan");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Gradients_equal_central_differences_to_the_second_order(bool reverse, bool keep)
    {
        const int steps = 3;
        var (graph, leaves) = Leaves(T);
        values["x"] = Draw("x", steps, 2, 3);
        var loss = Weighted(Loop(graph, leaves, keep, reverse), "y");
        var first = ReverseMode.Gradient(loss, leaves);
        Check(loss, leaves, first, steps);
        var second = Weighted([.. first], "g");
        Check(second, leaves, ReverseMode.Gradient(second, leaves), steps);
    }

    [Fact]
    public void Passes_and_scheduling_keep_the_values()
    {
        const int steps = 3;
        var (graph, leaves) = Leaves(T);
        values["x"] = Draw("x", steps, 2, 3);
        var results = Loop(graph, leaves, keep: true, reverse: false);
        var loss = Weighted(results, "y");
        Node[] roots = [.. results, .. ReverseMode.Gradient(loss, leaves)];
        for (int i = 0; i < roots.Length; i++) graph.Outputs.Add(("y" + i, roots[i]));
        var expected = Evaluate(roots, steps);
        var optimized = OwnOutputs.Of(Pipeline.Run(graph));
        foreach (var (a, b) in expected.Zip(Evaluate([.. optimized.Roots], steps))) Near.Equal(a.Data, b.Data, 1e-12, "passes");
        // Two loops, whose weights get their gradients in products outside.
        var kernels = Schedule.For(optimized).Kernels;
        Assert.Equal(2, kernels.Count(k => k is ScanKernel));
        Assert.Equal(0, kernels.OfType<ScanKernel>().Last().Scan.Carries - 3);   // of h and s, and the sum for the factor
    }

    [Fact]
    public void A_carried_value_that_changes_its_shape_is_refused()
    {
        var (graph, leaves) = Leaves(T);
        var loop = new OpenLoop(graph, reverse: false);
        var x = loop.Step(leaves[0]);
        loop.Carry(leaves[1], "h");
        Assert.Equal(Rules.SameShape, Assert.Throws<ModelException>(() => loop.Close([Sum.Of(x, [1], keepDims: false)], [], keep: false)).Id);
    }

    // h' = tanh(x W + h U + b) s, s' = s sin(c): matrices and a bias whose gradients are products, and a scalar whose gradient is a sum.
    static (Node H, Node S, Node Each) Body(Node x, Node h, Node s, Node weight, Node bias, Node factor)
    {
        var next = Tanh.Of(x.Graph.Add(new MatMul(false, false), x, weight) + x.Graph.Add(new MatMul(false, false), h, weight) + bias) * s;
        return (next, s * Sin.Of(factor), next * next);
    }

    static Node[] Loop(Graph graph, Node[] leaves, bool keep, bool reverse)
    {
        var loop = new OpenLoop(graph, reverse);
        Node x = loop.Step(leaves[0]), h = loop.Carry(leaves[1], "h"), s = loop.Carry(leaves[2], "s");
        var (nextH, nextS, each) = Body(x, h, s, loop.Import(leaves[3]), loop.Import(leaves[4]), loop.Import(leaves[5]));
        var scan = loop.Close([nextH, nextS], [each], keep);
        return [MultiResultOp.Part(scan, 0), MultiResultOp.Part(scan, 1), MultiResultOp.Part(scan, 2)];
    }

    (Graph Graph, Node[] Leaves) Leaves(Dim steps)
    {
        var graph = new Graph { Precision = DType.Float64 };
        Node Leaf(string name, params Dim[] shape)
        {
            if (name != "x") values[name] = Draw(name, [.. shape.Select(d => (int)d.Value)]);
            return graph.Add(new InputLeaf(name, new TensorType(DType.Float64, new Shape(shape))));
        }
        return (graph, [Leaf("x", steps, 2, 3), Leaf("h", 2, 3), Leaf("s"), Leaf("w", 3, 3), Leaf("b", 3), Leaf("c")]);
    }

    Node Weighted(Node[] results, string name) => results.Select((y, i) =>
    {
        var w = y.Graph.Add(new InputLeaf($"{name}{i}", y.Type));
        values[$"{name}{i}"] = Draw($"{name}{i}", y.Shape.Evaluate(_ => 3));
        return Sum.Of(y * y * w, Enumerable.Range(0, y.Shape.Rank), keepDims: false);
    }).Aggregate((a, b) => a + b);

    void Check(Node loss, Node[] leaves, IReadOnlyList<Node> gradients, int steps)
    {
        var computed = Evaluate(gradients, steps);
        for (int i = 0; i < leaves.Length; i++)
        {
            string name = ((InputLeaf)leaves[i].Op).Input;
            var value = values[name];
            for (int e = 0; e < value.Length; e++)
            {
                double At(double shift)
                {
                    var moved = (double[])value.Data.Clone();
                    moved[e] += shift;
                    values[name] = new NdArray(value.Shape, moved);
                    return Evaluate([loss], steps)[0].Data[0];
                }
                double difference = (At(Step) - At(-Step)) / (2 * Step);
                values[name] = value;
                Near.Equal(difference, computed[i].Data[e], 1e-6 * Math.Max(1, Math.Abs(difference)), $"gradient of {name}[{e}]");
            }
        }
    }

    IReadOnlyList<NdArray> Evaluate(IReadOnlyList<Node> roots, int steps) =>
        Interpreter.Evaluate(roots, leaf => leaf is InputLeaf input ? values[input.Input] : null, _ => steps, round: false);

    static NdArray Draw(string name, params int[] shape)
    {
        var random = new Lcg(Philox.Stream("scan " + name));
        var result = new NdArray(shape);
        for (int i = 0; i < result.Length; i++) result.Data[i] = random.Next(-1.0, 1.0);
        return result;
    }
}
