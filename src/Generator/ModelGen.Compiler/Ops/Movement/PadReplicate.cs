namespace ModelGen.Compiler.Ops;

/// <summary>A tensor with the ends of its last axes repeated: 0 0 | 0 1 2 | 2 2.</summary>
internal static class PadReplicate
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PadReplicate",
        Summary = "The last axes with their ends repeated: 0 0 | 0 1 2 | 2 2.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Padding.Parameter],
        Build = call => Padding.Of(call, largest: null, (x, axis, before, behind) => Padding.Join(axis, Edge(x, axis, Dim.Zero, before), x, Edge(x, axis, x.Shape[axis] - 1, behind))),
        Samples = Padding.Samples,
        PyTorch = "torch.nn.functional.pad(mode='replicate')",
    };

    static Node? Edge(Node x, int axis, Dim at, int size) => size == 0 ? null : BroadcastTo.Of(Slice.Of(x, axis, at, Dim.One), x.Shape.With(axis, size));
}
