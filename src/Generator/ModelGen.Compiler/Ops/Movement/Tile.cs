namespace ModelGen.Compiler.Ops;

/// <summary>The whole tensor repeated along its axes: a broadcast over new axes, and a reshape.</summary>
internal static class Tile
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Tile",
        Summary = "The tensor repeated along each axis: [2, 3] → [2·a, 3·b] for repeats a, b. The last repeat belongs to the last axis.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("repeats", "how often along each axis, at least 1; further ones in front make new axes")],
        Build = call =>
        {
            var x = call.Tensor("x");
            var repeats = call.Sizes("repeats");
            int bad = Array.FindIndex(repeats, r => r.IsConstant && r.Value < 1);
            if (bad >= 0) throw new ModelException(Rules.Argument,
                $"'Tile' of {x.Shape} needs repeats of at least 1, but was given {repeats[bad]}.") { Argument = "repeats", Element = bad, Repair = Repair.Set("repeats", 1, bad) };
            int rank = Math.Max(x.Shape.Rank, repeats.Length);
            var shape = new Shape(Enumerable.Repeat(Dim.One, rank - x.Shape.Rank).Concat(x.Shape));
            var counts = Enumerable.Repeat(Dim.One, rank - repeats.Length).Concat(repeats).ToArray();
            var apart = Reshape.Of(x, new Shape(shape.SelectMany(d => new[] { Dim.One, d })));
            var repeated = BroadcastTo.Of(apart, new Shape(shape.SelectMany((d, i) => new[] { counts[i], d })));
            return Reshape.Of(repeated, new Shape(shape.Select((d, i) => counts[i] * d)));
        },
        Samples = [new Sample([2, 3]).With("repeats", new[] { 2, 3 }), new Sample([3]).With("repeats", new[] { 2, 1, 2 })],
        PyTorch = "torch.tile",
    };
}
