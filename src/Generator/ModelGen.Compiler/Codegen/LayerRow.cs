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
        bool OfLayer(Node node) => Views.Root(node).Op is ParameterLeaf leaf && Owns(leaf);
        bool Owns(ParameterLeaf leaf) => leaf.Path.StartsWith(layer.Path + ".", StringComparison.Ordinal);
        return new LayerRow(layer.Path, layer.Kind, layer.Result.Shape,
            arena.Trainable.Concat(arena.Frozen).Where(Owns).Sum(p => p.LogicalShape.Elements.Value),
            step.Lowered.Nodes.Where(n => n.Op is KernelOp && n.Inputs.Any(OfLayer)).Aggregate(Dim.Zero, (sum, n) => sum + ((KernelOp)n.Op).Kernel(n).MultiplyAdds),
            step.Schedule.Kernels.Where(k => k.Reads.Any(OfLayer)).Select(nameOf).Distinct().ToArray());
    }).ToArray();
}
