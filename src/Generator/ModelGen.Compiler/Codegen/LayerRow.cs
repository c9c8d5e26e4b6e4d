using ModelGen.Compiler.Memory;

namespace ModelGen.Compiler.Codegen;

/// <summary>What a table of the network says of one layer.</summary>
/// <param name="Path">Its name in parameter names.</param>
/// <param name="Kind">Its class.</param>
/// <param name="Output">The shape of its (first) result.</param>
/// <param name="Parameters">Weights and biases, in elements.</param>
/// <param name="MultiplyAdds">Of the products and convolutions with its weights.</param>
/// <param name="Kernels">What runs with its weights, in order.</param>
internal sealed record LayerRow(string Path, string Kind, Shape Output, long Parameters, Dim MultiplyAdds, IReadOnlyList<string> Kernels)
{
    /// <summary>The layers of one function, in the order of their first use.</summary>
    public static IReadOnlyList<LayerRow> Of(Step step, ParameterArena arena, Func<Kernel, string> nameOf) => step.Lowered.Layers.Select(layer =>
    {
        bool Owns(ParameterLeaf leaf) => leaf.Path.StartsWith(layer.Path + ".", StringComparison.Ordinal);
        bool IsWeight(Node node) => node.Op is RoundTo ? IsWeight(node.Inputs[0]) : node.Op is ParameterLeaf leaf && Owns(leaf);
        return new LayerRow(layer.Path, layer.Kind, layer.Result.Shape,
            arena.Trainable.Concat(arena.Frozen).Where(Owns).Sum(p => p.LogicalShape.Elements.Value),
            Work(step.Lowered.Nodes, IsWeight), Readers(step.Schedule, IsWeight).Select(nameOf).Distinct().ToArray());
    }).ToArray();

    static Dim Work(IEnumerable<Node> nodes, Func<Node, bool> isWeight) => nodes.Aggregate(Dim.Zero, (sum, node) => node.Op switch
    {
        Scan scan => sum + (Scan.Steps(node.Inputs.Select(i => i.Type).ToArray()) * Work(scan.Body.Live(), Inside(node, isWeight))),
        KernelOp op when node.Inputs.Any(i => isWeight(Views.Root(i))) => sum + op.Kernel(node).MultiplyAdds,
        _ => sum,
    });

    static IEnumerable<Kernel> Readers(Schedule schedule, Func<Node, bool> isWeight) => schedule.Kernels.SelectMany(kernel =>
        kernel is ScanKernel scan ? Readers(scan.Body, Inside(scan.Node, isWeight)) : kernel.Reads.Any(r => isWeight(Views.Root(r))) ? [kernel] : []);

    // What the body of a loop knows a weight as.
    static Func<Node, bool> Inside(Node loop, Func<Node, bool> isWeight) => node => node.Op is ScanLeaf leaf && isWeight(Views.Root(loop.Inputs[leaf.Index]));
}
