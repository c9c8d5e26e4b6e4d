namespace ModelGen.Compiler.Ops;

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed class Reshape(Shape shape) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Reshape",
        Summary = "The same elements in row-major order under another shape. One size may be -1: it is computed from the others.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("shape", "the result's sizes; one may be -1")],
        Build = call => Of(call.Tensor("x"), Resolve(call.Tensor("x").Shape, call.Sizes("shape"))),
        Samples = [new Sample([3, 4]).With("shape", new[] { 2, 6 }), new Sample([2, 3, 5]).With("shape", new[] { -1, 5 }), new Sample([1]).With("shape", Array.Empty<int>())],
        PyTorch = "torch.reshape",
    };

    public Shape Target { get; } = shape;
    public override string Name => "reshape";
    public override string Attributes => Target.ToString();

    public static Node Of(Node x, Shape shape) => x.Shape == shape ? x : x.Graph.Add(new Reshape(shape), x);

    static Shape Resolve(Shape x, Dim[] sizes)
    {
        var wanted = new Shape(sizes);
        if (sizes.Count(s => s.Is(-1)) > 1) throw new ModelException(Rules.Reshape, $"'Reshape' of {x} to {wanted}: only one size may be -1.") { Argument = "shape" };
        if (sizes.FirstOrDefault(s => s.IsConstant && s.Value < -1) is { } bad) throw new ModelException(Rules.Reshape,
            $"'Reshape' of {x} to {wanted}: a size cannot be {bad}.") { Argument = "shape", Element = Array.IndexOf(sizes, bad), Repair = sizes.Any(s => s.Is(-1)) ? null : Repair.Set("shape", -1, Array.IndexOf(sizes, bad)) };
        int unknown = Array.FindIndex(sizes, s => s.Is(-1));
        if (unknown < 0) return wanted.Elements == x.Elements ? wanted : throw Mismatch(x, wanted);
        var others = wanted.With(unknown, 1).Elements;
        var size = x.Elements.DivideExactly(others) ?? throw new ModelException(Rules.Reshape,
            $"'Reshape' of {x} to {wanted}: {x.Elements} elements do not divide by {others}.") { Argument = "shape" };
        return wanted.With(unknown, size);
    }

    // One constant size may be the wrong one: the message names the number that fits.
    static ModelException Mismatch(Shape x, Shape wanted)
    {
        var fitting = Enumerable.Range(0, wanted.Rank).Where(i => wanted[i].IsConstant && !wanted[i].IsZero)
            .Select(i => (Axis: i, Size: x.Elements.DivideExactly(wanted.With(i, Dim.One).Elements))).Where(f => f.Size is { IsConstant: true }).ToArray();
        var message = $"'Reshape' of {x} to {wanted}: {x.Elements} elements cannot become {wanted.Elements}";
        if (fitting.Length == 0) return new ModelException(Rules.Reshape, message + ".") { Argument = "shape" };
        var (axis, size) = fitting[fitting.Length - 1];
        return new ModelException(Rules.Reshape, $"{message}; change {wanted[axis]} to {size}.") { Argument = "shape", Element = axis, Repair = Repair.Set("shape", size!, axis) };
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (x.Elements != Target.Elements) throw new ModelException(Rules.Reshape,
            $"'Reshape' of {x} to {Target}: {x.Elements} elements cannot become {Target.Elements}.");
        return new TensorType(inputs[0].DType, Target);
    }

    // No element moves: as many lie between neighbouring positions as before.
    public override TimeAxis? Follow(TimeFlow flow)
    {
        Shape x = flow.Y.Inputs[0].Shape, y = flow.Y.Shape;
        if (flow.ResultAxis is not { } axis) return null;
        var between = flow.X.Inner * x.Product(flow.X.Axis + 1, x.Rank);
        return between.DivideExactly(y.Product(axis + 1, y.Rank)) is { } inner ? new TimeAxis(axis, inner) : null;
    }

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, vjp.X.Shape));

    public override NdArray Reference(ReferenceCall call) => new(call.ResultShape, call[0].Data);
}
