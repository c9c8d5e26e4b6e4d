namespace ModelGen.Compiler.Ops;

/// <summary>y[..., c] = label[..., 0] == c ? 1 : 0: integer labels [..., 1] as indicators [..., classes].</summary>
internal sealed class OneHot(Dim classes, DType type) : ElementwiseOp
{
    public Dim Classes { get; } = classes;
    public DType Type { get; } = type;
    public override string Name => "one_hot";
    public override string Attributes => $"{Classes} {Type}";

    public static Node Of(Node label, Dim classes, DType type) => label.Graph.Add(new OneHot(classes, type), label);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var label = inputs[0];
        if (label.DType != DType.Int32 || label.Shape.Rank == 0 || !label.Shape[label.Shape.Rank - 1].IsOne) throw new ModelException(Rules.Labels,
            $"'{Name}' needs integer labels [..., 1], but was given {label}.");
        return new TensorType(Type, label.Shape.With(label.Shape.Rank - 1, Classes));
    }

    public override bool UsesCoordinate => true;

    public override Scalar Forward(IReadOnlyList<Scalar> x) => Scalar.Select(Scalar.Equal(x[0], new Scalar.Coordinate()), 1, 0);

    // Labels are integers: nothing flows.
    public override void Backward(Vjp vjp) { }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => coordinate == (int)x[0] ? 1 : 0;

    public override (int Input, Dim Bound)? IndexBound(Node y) => (0, Classes);
}
