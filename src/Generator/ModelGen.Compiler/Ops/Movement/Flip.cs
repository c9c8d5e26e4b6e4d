namespace ModelGen.Compiler.Ops;

/// <summary>The order of the elements reversed along some axes (sorted, distinct). It is its own inverse, and its own gradient.</summary>
internal sealed class Flip(IReadOnlyList<int> axes) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Flip",
        Summary = "The elements in reverse order along some axes; along all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to reverse; negative ones count from the end")],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x"))),
        Samples = [new([3, 4]), new Sample([2, 3, 5]).With("axes", new[] { 1 })],
        PyTorch = "torch.flip",
    };

    public IReadOnlyList<int> Axes { get; } = axes;
    public override string Name => "flip";
    public override string Attributes => "axes=" + string.Join(",", Axes);

    public static Node Of(Node x, params int[] axes) => axes.All(a => x.Shape[a].IsOne) ? x : x.Graph.Add(new Flip(axes), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var source = DenseStrides(y.Shape);
        var first = Axes.Aggregate(Dim.Zero, (offset, a) => offset + ((y.Shape[a] - 1) * source[a]));
        foreach (int a in Axes) source[a] *= -1;
        return [new Piece(0, y.Shape.ToArray(), source, first, DenseStrides(y.Shape), Dim.Zero)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => Axes.Contains(flow.X.Axis) ? null : flow.X;

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, [.. Axes]));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var result = new NdArray(call.ResultShape);
        var source = new int[x.Rank];
        int n = 0;
        foreach (var index in result.Indices())
        {
            for (int i = 0; i < source.Length; i++) source[i] = Axes.Contains(i) ? x.Shape[i] - 1 - index[i] : index[i];
            result.Data[n++] = x[source];
        }
        return result;
    }
}
