namespace ModelGen.Compiler.Ops;

/// <summary>y = Σ (x - mean)² / (n - 1) over some axes, or / n: from the differences, so that nothing cancels. A composition.</summary>
internal static class Var
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Var",
        Summary = "The unbiased variance over some axes, Σ (x - mean)² / (n - 1); over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Axes],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), unbiased: true, call.Method),
        Samples = [new([3, 4]), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 })],
        PyTorch = "torch.var",
    };

    public static readonly TensorMethod Biased = new()
    {
        Name = "Var",
        Summary = "The variance over some axes: Σ (x - mean)² / (n - 1), or / n when it is not to be unbiased.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), new("unbiased", ParameterKind.Bool, "whether the sum is divided by n - 1, not n"), Axes],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), call.Bool("unbiased"), call.Method),
        Samples = [new Sample([3, 4]).With("unbiased", false), new Sample([2, 3, 5]).With("unbiased", true).With("axes", new[] { -1 })],
        PyTorch = "torch.var",
    };

    internal static SurfaceParameter Axes => SurfaceParameter.Ints("axes", "the axes to reduce; negative ones count from the end");

    public static Node Of(Node x, IReadOnlyList<int> axes, bool unbiased, string method, bool keepDims = false)
    {
        var count = Mean.Count(x.Shape, axes);
        if (unbiased && count.IsOne) throw new ModelException(Rules.Argument,
            $"'{method}' over axes {string.Join(", ", axes)} of {x.Shape} combines one element, whose unbiased variance does not exist: use {method}(false, ...).");
        var squares = Sum.Of(Square.Of(x - Mean.Of(x, axes, keepDims: true)), axes, keepDims);
        return squares / x.Graph.Size(unbiased ? count - 1 : count, x.DType);
    }
}
