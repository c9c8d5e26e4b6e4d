namespace ModelGen.Compiler.Ops;

/// <summary>A new axis of size 1: a reshape.</summary>
internal static class Unsqueeze
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Unsqueeze",
        Summary = "A new axis of size 1 at the given place: [2, 3] → [2, 1, 3] for axis 1.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "where the new axis stands in the result; negative ones count from its end")],
        Build = call => Of(call.Tensor("x"), NewAxis(call, "axis", call.Tensor("x").Shape)),
        Samples = [new Sample([2, 3]).With("axis", 1), new Sample([4]).With("axis", -1)],
        MovesIntegers = true,
        PyTorch = "torch.unsqueeze",
    };

    /// <summary>A place among the axes of a result that has one axis more than <paramref name="x"/>.</summary>
    internal static int NewAxis(Call call, string name, Shape x)
    {
        int axis = call.Int(name), rank = x.Rank + 1;
        return axis >= -rank && axis < rank ? axis < 0 ? axis + rank : axis : throw new ModelException(Rules.Axis,
            $"'{call.Method}' is asked for a new axis {axis} in {x}, but the result's axes are 0..{rank - 1}, or -{rank}..-1 from the end.") { Argument = name, Repair = Repair.Set(name, axis < 0 ? -rank : rank - 1) };
    }

    public static Node Of(Node x, int axis) => Reshape.Of(x, new Shape(x.Shape.Take(axis).Append(Dim.One).Concat(x.Shape.Skip(axis))));
}
