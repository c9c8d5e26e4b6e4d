namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = the index of the first largest element along an axis (a NaN counts as the largest): the smallest of the places that hold the maximum. The
/// result is a tensor of whole numbers, not of integers: a compiled graph computes in the model's element type, and integers are inputs only.
/// </summary>
internal static class ArgMax
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ArgMax",
        Summary = "The index of the first largest element along an axis, as a whole number; that axis disappears. No gradient flows through it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to search; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), (x, last) => Max.Of(x, last, keepDims: true)),
        Samples = [new([3, 7]), new Sample([2, 5, 3]).With("axis", 1)],
        PyTorch = "torch.argmax",
    };

    public static Node Of(Node x, int axis, Func<Node, int[], Node> best)
    {
        // The place is a coordinate along the last axis.
        int last = x.Shape.Rank - 1;
        var order = Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis).Append(axis).ToArray();
        var moved = Permute.Of(x, order);
        return Min.Of(PlaceOfBest.Of(moved, best(moved, [last])), [last], keepDims: false);
    }
}

/// <summary>y = the coordinate along the last axis where x is the best of its row (or NaN), ∞ elsewhere. No gradient flows through it.</summary>
internal sealed class PlaceOfBest : ElementwiseOp
{
    static readonly PlaceOfBest Instance = new();

    public override string Name => "place_of_best";

    public static Node Of(Node x, Node best) => x.Graph.Add(Instance, x, best);

    public override bool UsesCoordinate => true;

    public override Scalar Forward(IReadOnlyList<Scalar> x)
    {
        var other = Scalar.Select(Scalar.Equal(x[0], x[0]), double.PositiveInfinity, new Scalar.Coordinate());
        return Scalar.Select(Scalar.Equal(x[0], x[1]), new Scalar.Coordinate(), other);
    }

    public override void Backward(Vjp vjp) { }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => x[0] == x[1] || double.IsNaN(x[0]) ? coordinate : double.PositiveInfinity;
}
