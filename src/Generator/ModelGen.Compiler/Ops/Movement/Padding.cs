namespace ModelGen.Compiler.Ops;

/// <summary>What the paddings share: their argument, in PyTorch's order, and the walk over the axes.</summary>
internal static class Padding
{
    public static SurfaceParameter Parameter { get; } =
        SurfaceParameter.Ints("padding", "elements before and behind the last axis, then before and behind the one in front of it, and so on");

    public static IReadOnlyList<Sample> Samples { get; } = [new Sample([2, 5]).With("padding", new[] { 1, 2 }), new Sample([2, 4, 3]).With("padding", new[] { 2, 1, 1, 0 })];

    /// <summary>Applies <paramref name="pad"/> (x, axis, before, behind) to each axis that grows.</summary>
    /// <param name="call">The call.</param>
    /// <param name="largest">How many elements a side of an axis can get, given its size; null for any number.</param>
    /// <param name="pad">One axis.</param>
    public static Node Of(Call call, Func<Dim, Dim>? largest, Func<Node, int, int, int, Node> pad)
    {
        var x = call.Tensor("x");
        int[] padding = call.Ints("padding");
        if (padding.Length % 2 != 0 || padding.Length > 2 * x.Shape.Rank) throw new ModelException(Rules.Argument,
            $"'{call.Method}' of {x.Shape} needs two numbers for each axis that grows, the last axis first, but was given {padding.Length}: ({string.Join(", ", padding)}).") { Argument = "padding" };
        var y = x;
        for (int i = 0; i < padding.Length; i += 2)
        {
            int axis = x.Shape.Rank - 1 - (i / 2), before = padding[i], behind = padding[i + 1];
            int wrong = before < 0 ? i : i + 1;
            if (before < 0 || behind < 0) throw new ModelException(Rules.Argument,
                $"'{call.Method}' of {x.Shape} cannot add {padding[wrong]} elements to axis {axis}; use Slice to remove some.") { Argument = "padding", Element = wrong, Repair = Repair.Set("padding", 0, wrong) };
            if (largest is not null && largest(x.Shape[axis]) is var limit && !limit.DominatesOrEquals(Dim.Of(Math.Max(before, behind)))) throw new ModelException(Rules.Argument,
                $"'{call.Method}' of {x.Shape} takes its {Math.Max(before, behind)} new elements of axis {axis} from those that are there, of which it can use {limit}.") { Argument = "padding" };
            if (before > 0 || behind > 0) y = pad(y, axis, before, behind);
        }
        return y;
    }

    /// <summary>Parts joined along an axis, without the empty ones.</summary>
    public static Node Join(int axis, params Node?[] parts) => Ops.Concat.Of(axis, parts.OfType<Node>().ToArray());
}
