namespace ModelGen.Compiler.Ops;

/// <summary>Tensors of one shape side by side along a new axis: a concatenation.</summary>
internal static class Stack
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Stack",
        Summary = "Tensors of one shape side by side along a new axis: n of [2, 3] → [n, 2, 3] for axis 0.",
        IsStatic = true,
        Parameters = [SurfaceParameter.Int("axis", "where the new axis stands in the result; negative ones count from its end"), SurfaceParameter.Tensors("tensors", "the parts, in order")],
        Build = call =>
        {
            var parts = call.Tensors("tensors");
            if (parts.Length == 0) throw new ModelException(Rules.Concat, "'Stack' needs at least one tensor.");
            foreach (var part in parts)
                if (part.Shape != parts[0].Shape) throw new ModelException(Rules.Concat, $"'Stack' needs tensors of one shape, but was given {parts[0].Shape} and {part.Shape}.");
            int axis = Unsqueeze.NewAxis(call, "axis", parts[0].Shape);
            return Ops.Concat.Of(axis, parts.Select(p => Unsqueeze.Of(p, axis)).ToArray());
        },
        Samples = [new Sample([2, 3], [2, 3], [2, 3]).With("axis", 0), new Sample([4], [4]).With("axis", -1)],
        PyTorch = "torch.stack",
    };
}
