using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y = (Σ |x|ᵖ)^(1/p) over some axes. The gradient where the norm is 0 is 0, as in PyTorch.</summary>
internal sealed class Norm(double p, IEnumerable<int> axes, bool keepDims) : CompositeOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Norm",
        Summary = "The p-norm (Σ |x|^p)^(1/p) over some axes; over all of them when none is named. p is at least 1; infinity gives the largest |x|.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Float("p", "the order, at least 1"), Var.Axes],
        Build = call => Of(call.Tensor("x"), call.Float("p"), call.Axes("axes", call.Tensor("x")), keepDims: false, call.Method),
        Samples =
        [
            new Sample([3, 4]).With("p", 2.0), new Sample([2, 3, 5]).With("p", 1.0).With("axes", new[] { -1 }), new Sample([2, 3, 5]).With("p", 3.0).With("axes", new[] { 0, 2 }),
            new Sample([3, 4]).With("p", double.PositiveInfinity).With("axes", new[] { 1 }),
        ],
        PyTorch = "torch.linalg.vector_norm",
    };

    readonly Sum sum = new(axes, keepDims);

    public double P { get; } = p;
    public override string Name => "norm";
    public override string Attributes => string.Format(CultureInfo.InvariantCulture, "p={0:R} {1}", P, sum.Attributes);

    public static Node Of(Node x, double p, IReadOnlyList<int> axes, bool keepDims, string method)
    {
        if (!(p >= 1)) throw new ModelException(Rules.Argument,
            $"'{method}' needs an order 'p' of at least 1, but was given {p.ToString(CultureInfo.InvariantCulture)}.") { Argument = "p" };
        if (axes.Count == 0) return Abs.Of(x);
        return double.IsPositiveInfinity(p) ? Max.Of(Abs.Of(x), axes, keepDims) : x.Graph.Add(new Norm(p, axes, keepDims), x);
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => sum.Infer(inputs);

    public override Node Decompose(Node y)
    {
        var x = y.Inputs[0];
        Node Total(Node powers) => x.Graph.Add(sum, powers);
        return P == 1 ? Total(Abs.Of(x)) : P == 2 ? Sqrt.Of(Total(Square.Of(x))) : Pow.Of(Total(Pow.Of(Abs.Of(x), P)), 1 / P);
    }

    // dx = sign(x) |x|ᵖ⁻¹ dy / yᵖ⁻¹
    public override void Backward(Vjp vjp)
    {
        var kept = sum.With(sum.Axes, true).ReducedShape(vjp.X.Shape);
        Node x = vjp.X, dy = Reshape.Of(vjp.Dy, kept), y = Reshape.Of(vjp.Y, kept);
        if (P == 1)
        {
            vjp.Add(0, Sign.Of(x) * dy);
            return;
        }
        // A norm of 0 has only zeros under it: whatever divides, the gradient is 0.
        var divisor = Where.Of(y, y, vjp.Graph.Constant(1, y.DType));
        vjp.Add(0, P == 2 ? x * (dy / divisor) : Sign.Of(x) * Pow.Of(Abs.Of(x), P - 1) * (dy / Pow.Of(divisor, P - 1)));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var total = new NdArray(x.Shape.Select((d, i) => sum.Axes.Contains(i) ? 1 : d).ToArray());
        var target = new int[x.Rank];
        foreach (var index in x.Indices())
        {
            for (int i = 0; i < target.Length; i++) target[i] = sum.Axes.Contains(i) ? 0 : index[i];
            total[target] += Math.Pow(Math.Abs(x[index]), P);
        }
        return new NdArray(call.ResultShape, total.Data.Select(t => Math.Pow(t, 1 / P)).ToArray());
    }
}
