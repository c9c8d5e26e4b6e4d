namespace ModelGen.Compiler.Ops;

/// <summary>y[s] = Σ x[i] over all i of segment s: an <see cref="IndexAdd"/>, in ascending order of i.</summary>
internal static class SegmentSum
{
    /// <summary>What all methods of segments take.</summary>
    public static IReadOnlyList<SurfaceParameter> Parameters { get; } =
    [
        SurfaceParameter.Tensor("x", "what is combined, [A, ...]"), SurfaceParameter.IntTensor("segments", "to which segment each part of x along its first axis belongs, [A], each in 0..count-1, in any order"),
        SurfaceParameter.Int("count", "how many segments there are"),
    ];

    /// <summary>Segments that come often, rarely and never.</summary>
    public static IReadOnlyList<Sample> Samples { get; } =
    [
        new Sample([6, 3], [6]) { Classes = 4 }.With("count", 4), new Sample([9], [9]) { Classes = 3 }.With("count", 5), new Sample([7, 2, 17], [7]) { Classes = 2 }.With("count", 2),
        new Sample([2, 3, 4], [2, 3]) { Classes = 3 }.With("count", 3),
    ];

    public static readonly TensorMethod Method = new()
    {
        Name = "SegmentSum",
        Summary = "The sum of the parts of x that belong to a segment: x [A, ...] and segments [A] → [count, ...]. A segment without parts is 0. With segments of several axes, these are the first ones of x.",
        Parameters = Parameters,
        Build = call =>
        {
            var (x, segments, count) = Arguments(call);
            return IndexAdd.Of(segments, x, 0, count);
        },
        Samples = Samples,
        PyTorch = "torch.index_add",
    };

    /// <summary>The arguments of a call, checked.</summary>
    public static (Node X, Node Segments, Dim Count) Arguments(Call call)
    {
        Node x = call.Tensor("x"), segments = call.Tensor("segments");
        int rank = segments.Shape.Rank;
        if (rank == 0 || rank > x.Shape.Rank || new Shape(x.Shape.Take(rank)) != segments.Shape) throw new ModelException(Rules.SameShape,
            $"'{call.Method}' needs a segment for each part of {x.Shape} along its first axis, but was given segments {segments.Shape}.") { Argument = "segments" };
        var count = call.Size("count");
        if (count.IsConstant && count.Value < 1) throw new ModelException(Rules.Argument,
            $"'{call.Method}' needs a 'count' of at least 1, but it is {count}.") { Argument = "count", Repair = Repair.Set("count", 1) };
        return (x, segments, count);
    }

    /// <summary>A number for each segment, to be combined with a tensor [count, ...].</summary>
    public static Node Aligned(Node perSegment, int rank) => Reshape.Of(perSegment, new Shape(perSegment.Shape.Concat(Enumerable.Repeat(Dim.One, rank - 1))));
}
