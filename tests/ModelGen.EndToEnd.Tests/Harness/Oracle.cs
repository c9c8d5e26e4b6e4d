using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Spec;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>
/// What a model must compute: the captured graph before any pass, differentiated by the rules of the ops, and evaluated in double precision by their
/// reference semantics, on the weights that the model holds.
/// </summary>
internal sealed class Oracle(ModelSpec spec, ParameterSet weights, ModelInputs inputs, ulong seed = 0, long step = 0)
{
    /// <summary>The loss, every gradient in PyTorch's order of elements, and the new value of every state.</summary>
    public sealed record Training(double Loss, IReadOnlyDictionary<string, double[]> Gradients, IReadOnlyDictionary<string, double[]> Updates);

    public double[][] Predict()
    {
        var graph = FunctionLowering.Build(spec, spec.Functions[0], training: false);
        graph = MixedPrecision.Apply(graph, graph.Nodes.Count, spec.Storage);
        return [.. Evaluate(graph.Outputs.Select(o => o.Value)).Select(v => v.Data)];
    }

    public double Evaluate(string objective)
    {
        var graph = Lower(objective, training: false);
        return Evaluate([MixedPrecision.Apply(graph, graph.Nodes.Count, spec.Storage).Outputs[0].Value])[0].Data[0];
    }

    public Training Train(string objective)
    {
        var graph = Lower(objective, training: true);
        var updated = spec.Function(objective)!.UpdatedLayers;
        var leaves = graph.Nodes.Where(n => n.Op is ParameterLeaf { Frozen: false } p && (updated.Count == 0 || updated.Any(l => p.Path.StartsWith(l + ".", StringComparison.Ordinal)))).ToArray();
        int forward = graph.Nodes.Count;
        graph.Outputs.AddRange(ReverseMode.Gradient(graph.Outputs[0].Value, leaves).Select(g => ("gradient", g)));
        graph = MixedPrecision.Apply(graph, forward, spec.Storage);
        var values = Evaluate([.. graph.Outputs.Select(o => o.Value), .. graph.Updates.Select(u => u.Value)]);
        return new Training(
            values[0].Data[0],
            leaves.Select((leaf, i) => (Leaf: leaf, Value: values[i + 1])).ToDictionary(g => ((ParameterLeaf)g.Leaf.Op).Path, g => SampleCase.Logical(g.Leaf, g.Value).Data),
            graph.Updates.Select((u, i) => (u.State.Path, values[leaves.Length + 1 + i].Data)).ToDictionary(u => u.Path, u => u.Data));
    }

    Graph Lower(string objective, bool training) => FunctionLowering.Build(spec, spec.Function(objective)!, training);

    IReadOnlyList<NdArray> Evaluate(IEnumerable<Node> roots) =>
        Interpreter.Evaluate([.. roots], Leaf, inputs.Symbol, round: false, (stream, element) => Philox.Uniform(seed, (ulong)step, stream, element));

    NdArray? Leaf(LeafOp leaf) => leaf switch
    {
        InputLeaf input => inputs[input.Input],
        StateLeaf state => new NdArray(state.Type.Shape.Evaluate(inputs.Symbol), weights[state.Path].Values.ToDoubleArray()),
        ParameterLeaf parameter => Stored(parameter, weights[parameter.Path].Values.ToDoubleArray()),
        _ => null,
    };

    static NdArray Stored(ParameterLeaf parameter, double[] values)
    {
        var logical = new NdArray(parameter.LogicalShape.Evaluate(_ => 0), values);
        var stored = new NdArray(parameter.Type.Shape.Evaluate(_ => 0));
        var source = new int[logical.Rank];
        foreach (var index in stored.Indices())
        {
            for (int i = 0; i < source.Length; i++) source[parameter.StorageAxes[i]] = index[i];
            stored[index] = logical[source];
        }
        return stored;
    }
}
