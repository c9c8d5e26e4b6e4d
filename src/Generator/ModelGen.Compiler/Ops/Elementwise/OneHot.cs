namespace ModelGen.Compiler.Ops;

/// <summary>y[..., c] = label[..., 0] == c ? 1 : 0: integer labels [..., 1] as indicators [..., classes].</summary>
internal sealed class OneHot(Dim classes, DType type, int? ignored) : ElementwiseOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "OneHot",
        Summary = "The indicators of class labels: [...] → [..., classes], 1 at the label and 0 elsewhere.",
        IsStatic = true,
        Parameters = [SurfaceParameter.IntTensor("label", "the labels, each in 0..classes-1"), SurfaceParameter.Int("classes", "how many classes there are")],
        Build = call =>
        {
            var label = call.Tensor("label");
            var classes = call.Size("classes");
            if (classes.IsConstant && classes.Value < 1) throw new ModelException(Rules.Argument,
                $"'OneHot' of {label.Shape} needs at least one class, but was given {classes}.") { Argument = "classes", Repair = Repair.Set("classes", 1) };
            return Of(Reshape.Of(label, new Shape(label.Shape.Append(Dim.One))), classes, call.Graph.Precision);
        },
        Samples = [new Sample([6]).With("classes", 5), new Sample([2, 3]) { Classes = 3 }.With("classes", 3)],
        PyTorch = "torch.nn.functional.one_hot",
    };

    public Dim Classes { get; } = classes;
    public DType Type { get; } = type;
    public override string Name => "one_hot";
    public override string Attributes => $"{Classes} {Type}{(IgnoredIndex is int index ? " ignored=" + index.ToString(System.Globalization.CultureInfo.InvariantCulture) : "")}";

    /// <summary>The label that no class has: its row is zero.</summary>
    public override int? IgnoredIndex { get; } = ignored;

    public static Node Of(Node label, Dim classes, DType type, int? ignored = null) => label.Graph.Add(new OneHot(classes, type, ignored), label);

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
