namespace ModelGen.Compiler.Ops;

/// <summary>y[s] = the mean of all x[i] of segment s; 0 for a segment without any.</summary>
internal static class SegmentMean
{
    public static readonly TensorMethod Method = new()
    {
        Name = "SegmentMean",
        Summary = "The mean of the parts of x that belong to a segment: x [A, ...] and segments [A] → [count, ...]. A segment without parts is 0.",
        Parameters = SegmentSum.Parameters,
        Build = call =>
        {
            var (x, segments, count) = SegmentSum.Arguments(call);
            var one = x.Graph.Constant(1, x.DType);
            var parts = IndexAdd.Of(segments, BroadcastTo.Of(one, segments.Shape), 0, count);
            var sum = IndexAdd.Of(segments, x, 0, count);
            return sum / SegmentSum.Aligned(Maximum.Of(parts, one), sum.Shape.Rank);
        },
        Samples = SegmentSum.Samples,
        PyTorch = "torch.index_reduce(reduce='mean')",
    };
}
