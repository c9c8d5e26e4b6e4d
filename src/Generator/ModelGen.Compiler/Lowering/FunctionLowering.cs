using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Lowering;

/// <summary>ModelSpec → Graph: replays a captured method.</summary>
internal static class FunctionLowering
{
    /// <param name="model">The model that the function belongs to.</param>
    /// <param name="function">Which method.</param>
    /// <param name="training">True for a training step (dropout drops, batch norm uses the batch), false for inference.</param>
    /// <param name="cancellation">Ends this and all later work on the graph.</param>
    public static Graph Build(ModelSpec model, FunctionSpec function, bool training, CancellationToken cancellation = default) => Build(model, function, training, anyLength: false, cancellation);

    /// <param name="model">The model that the function belongs to.</param>
    /// <param name="function">Which method.</param>
    /// <param name="training">True for a training step, false for inference.</param>
    /// <param name="anyLength">Whether a table of positions takes sequences of any length, which are checked when they run.</param>
    /// <param name="cancellation">Ends this and all later work on the graph.</param>
    public static Graph Build(ModelSpec model, FunctionSpec function, bool training, bool anyLength, CancellationToken cancellation)
    {
        var layers = model.Layers.ToDictionary(l => l.Path, StringComparer.Ordinal);
        var builder = new FunctionBuilder(model.Precision, training, path => layers[path], cancellation) { AnyLength = anyLength };
        var nodes = new List<Node>();
        foreach (var node in function.Nodes) nodes.Add(builder.Replay(node, function, i => nodes[i]));
        for (int i = 0; i < function.Outputs.Count; i++) builder.Graph.Outputs.Add((function.OutputNames[i], nodes[function.Outputs[i]]));
        return builder.Graph;
    }
}
