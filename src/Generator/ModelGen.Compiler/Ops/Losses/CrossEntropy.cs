namespace ModelGen.Compiler.Ops;

/// <summary>L = mean over all rows of ln Σ exp(x) - x[label]: logits [..., C] and integer labels [...] in [0, C) → [].</summary>
internal sealed class CrossEntropy : CompositeOp
{
    public static readonly CrossEntropy Instance = new();

    public static readonly TensorMethod Method = new()
    {
        Name = "CrossEntropy",
        Summary = "The mean of -ln softmax(x)[label] over all rows: logits [..., C] and class labels [...] in 0..C-1 → a scalar.",
        Parameters = [SurfaceParameter.Tensor("x", "the logits, [..., C]"), SurfaceParameter.IntTensor("label", "the right classes, [...]")],
        Build = call => Of(call.Tensor("x"), call.Tensor("label")),
        Samples = [new([6, 5], [6]), new([2, 3, 7], [2, 3]) { Classes = 7 }, new([4], []) { Classes = 4 }, new([3, 1], [3]) { Classes = 1 }, new([5, 4], [5]) { Classes = 4, Low = -300, High = 300 }],
        PyTorch = "torch.nn.functional.cross_entropy",
    };

    public override string Name => "cross_entropy";

    public static Node Of(Node logits, Node labels) => logits.Graph.Add(Instance, logits, labels);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (x, label) = (inputs[0], inputs[1]);
        if (!x.DType.IsFloat() || label.DType != DType.Int32) throw new ModelException(Rules.ElementType,
            $"'CrossEntropy' needs floating-point logits and integer labels, but was given {x} and {label}.");
        if (x.Shape.Rank == 0) throw new ModelException(Rules.Labels, $"'CrossEntropy' needs logits [..., classes], but was given the scalar {x.Shape}.");
        var rows = new Shape(x.Shape.Take(x.Shape.Rank - 1));
        if (label.Shape != rows) throw new ModelException(Rules.Labels,
            $"'CrossEntropy' was given logits {x.Shape} and labels {label.Shape}: the last axis of the logits counts the classes, so the labels must be {rows}.")
            {
                Argument = "label",
                // Logits of an image are rather not flattened than meant to have a label for each pixel.
                Repair = x.Shape.Rank <= 3 && Repair.Dimensions(rows) is { } dimensions ? new Repair(RepairKind.DeclareShape, "label", dimensions) : null,
            };
        return new TensorType(x.DType, Shape.Scalar);
    }

    public override Node Decompose(Node y)
    {
        var (x, label) = (y.Inputs[0], y.Inputs[1]);
        int last = x.Shape.Rank - 1;
        var shifted = x - Max.Of(x, [last], keepDims: true);
        var logSum = Log.Of(Sum.Of(Exp.Of(shifted), [last], keepDims: true));
        // Masked, not multiplied: a logit of -infinity in another class costs nothing.
        var ofLabel = Sum.Of(Mask.Of(shifted, Indicator(x, label)), [last], keepDims: true);
        return Mean.Of(logSum - ofLabel, Enumerable.Range(0, x.Shape.Rank).ToArray(), keepDims: false);
    }

    static Node Indicator(Node x, Node label) =>
        OneHot.Of(Reshape.Of(label, new Shape(label.Shape.Append(Dim.One))), x.Shape[x.Shape.Rank - 1], x.DType);

    // dx = dy (softmax(x) - onehot(label)) / rows
    public override void Backward(Vjp vjp)
    {
        Node x = vjp.Input(0), label = vjp.Input(1);
        int last = x.Shape.Rank - 1;
        var scale = vjp.Dy / vjp.Graph.Size(x.Shape.Product(0, last), x.DType);
        vjp.Add(0, (Softmax.Of(x, last) - Indicator(x, label)) * scale);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (x, label) = (call[0], call[1]);
        int classes = x.Shape[x.Rank - 1];
        double total = 0;
        for (int row = 0; row < label.Length; row++)
        {
            var logits = x.Data.Skip(row * classes).Take(classes).ToArray();
            double max = logits.Max();
            total += Math.Log(logits.Sum(v => Math.Exp(v - max))) + max - logits[(int)label.Data[row]];
        }
        return NdArray.Scalar(total / label.Length);
    }

    public override (int Input, Dim Bound)? IndexBound(Node y)
    {
        var logits = y.Inputs[0].Shape;
        return (1, logits[logits.Rank - 1]);
    }
}
