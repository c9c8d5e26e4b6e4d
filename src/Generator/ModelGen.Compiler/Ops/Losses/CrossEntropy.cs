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

    /// <summary>With label smoothing and ignored labels: ln softmax, and then <see cref="Nll"/>.</summary>
    public static readonly TensorMethod WithOptions = new()
    {
        Name = "CrossEntropy",
        Summary = "The mean cross-entropy with options: labels smoothed towards all classes (C. Szegedy et al. 2016), a label that does not count, another reduction.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits, [..., C]"), SurfaceParameter.IntTensor("label", "the right classes, [...]"),
            SurfaceParameter.Float("labelSmoothing", "the share of the target that is spread over all classes, in [0, 1]", 0),
            SurfaceParameter.OptionalInt("ignoreIndex", "a label whose rows do not count, inside or outside of the classes"), SurfaceParameter.Reduction(),
        ],
        Build = call => Labelled(call, weight: null),
        Samples =
        [
            new Sample([6, 5], [6]).With("labelSmoothing", 0.1), new Sample([2, 3, 4], [2, 3]) { Classes = 4 }.With("labelSmoothing", 0.2).With("ignoreIndex", 1),
            new Sample([5, 3], [5]) { Classes = 3 }.With("reduction", (int)LossReduction.None),
        ],
        PyTorch = "torch.nn.functional.cross_entropy",
    };

    /// <summary>The same with a weight for each class.</summary>
    public static readonly TensorMethod Weighted = new()
    {
        Name = "CrossEntropy",
        Summary = "The cross-entropy with a weight for each class: the mean over all rows, weighted with weight[label].",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits, [..., C]"), SurfaceParameter.IntTensor("label", "the right classes, [...]"), SurfaceParameter.Tensor("weight", "the weight of each class, [C]"),
            SurfaceParameter.Float("labelSmoothing", "the share of the target that is spread over all classes, in [0, 1]", 0),
            SurfaceParameter.OptionalInt("ignoreIndex", "a label whose rows do not count, inside or outside of the classes"), SurfaceParameter.Reduction(),
        ],
        Build = call => Labelled(call, call.Tensor("weight")),
        Samples =
        [
            new Sample([6, 5], [6], [5]) { Low = 0.2 }, new Sample([5, 4], [5], [4]) { Low = 0.2, Classes = 4 }.With("labelSmoothing", 0.3).With("ignoreIndex", 2),
        ],
        PyTorch = "torch.nn.functional.cross_entropy(weight=...)",
    };

    /// <summary>L = mean over all rows of -Σ target · ln softmax(x), for a distribution as target.</summary>
    public static readonly TensorMethod Soft = new()
    {
        Name = "CrossEntropy",
        Summary = "The mean over all rows of -Σ target · ln softmax(x), for targets that are probabilities of all classes.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits, [..., C]"), SurfaceParameter.Tensor("target", "the probability of each class, of the same shape"),
            SurfaceParameter.Float("labelSmoothing", "the share of the target that is spread over all classes, in [0, 1]", 0), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            if (x.Shape.Rank == 0) throw new ModelException(Rules.Labels, $"'{call.Method}' needs logits [..., classes], but was given the scalar {x.Shape}.");
            int last = x.Shape.Rank - 1;
            double smoothing = call.Float("labelSmoothing");
            if (!(smoothing >= 0 && smoothing <= 1)) throw new ModelException(Rules.Argument,
                $"'{call.Method}' needs a 'labelSmoothing' between 0 and 1, but it is {ReducedLoss.Text(smoothing)}.") { Argument = "labelSmoothing" };
            if (smoothing > 0) target = (target * (1 - smoothing)) + (smoothing / x.Graph.Size(x.Shape[last], x.DType));
            return ReducedLoss.Of(-Sum.Of(target * LogSoftmax.Of(x, last), [last], keepDims: false), call.Reduction);
        },
        Samples = [new([4, 5], [4, 5]) { Low = 0, High = 1 }, new Sample([2, 3, 4], [2, 3, 4]) { Low = 0, High = 1 }.With("labelSmoothing", 0.1).With("reduction", (int)LossReduction.None)],
        PyTorch = "torch.nn.functional.cross_entropy",
    };

    static Node Labelled(Call call, Node? weight)
    {
        Node x = call.Tensor("x"), label = call.Tensor("label");
        RequireLabels(call.Method, x.Type, label.Type);
        return Nll.Of(call.Method, LogSoftmax.Of(x, x.Shape.Rank - 1), label, weight, call.Float("labelSmoothing"), call.OptionalInt("ignoreIndex"), call.Reduction);
    }

    public override string Name => "cross_entropy";

    public static Node Of(Node logits, Node labels) => logits.Graph.Add(Instance, logits, labels);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        RequireLabels("CrossEntropy", inputs[0], inputs[1]);
        return new TensorType(inputs[0].DType, Shape.Scalar);
    }

    /// <summary>One integer label for each row of logits.</summary>
    internal static void RequireLabels(string method, TensorType x, TensorType label)
    {
        if (!x.DType.IsFloat() || label.DType != DType.Int32) throw new ModelException(Rules.ElementType,
            $"'{method}' needs floating-point logits and integer labels, but was given {x} and {label}.");
        if (x.Shape.Rank == 0) throw new ModelException(Rules.Labels, $"'{method}' needs logits [..., classes], but was given the scalar {x.Shape}.");
        var rows = new Shape(x.Shape.Take(x.Shape.Rank - 1));
        if (label.Shape != rows) throw new ModelException(Rules.Labels,
            $"'{method}' was given logits {x.Shape} and labels {label.Shape}: the last axis of the logits counts the classes, so the labels must be {rows}.")
            {
                Argument = "label",
                // Logits of an image are rather not flattened than meant to have a label for each pixel.
                Repair = x.Shape.Rank <= 3 && Repair.Dimensions(rows) is { } dimensions ? new Repair(RepairKind.DeclareShape, "label", dimensions) : null,
            };
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
