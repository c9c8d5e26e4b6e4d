namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = Σ w[label] · -x[label] / Σ w[label] over all rows, for log-probabilities x [..., C]; with label smoothing s the loss of a row is
/// (1 - s) · w[label] · -x[label] + s / C · Σ w · -x. Rows with the ignored label count neither above nor below the line.
/// </summary>
internal static class Nll
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Nll",
        Summary = "The negative log-likelihood: the mean of -x[label] over all rows, for log-probabilities [..., C] and class labels [...] in 0..C-1.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the log-probabilities, [..., C]"), SurfaceParameter.IntTensor("label", "the right classes, [...]"),
            SurfaceParameter.OptionalInt("ignoreIndex", "a label whose rows do not count, inside or outside of the classes"), SurfaceParameter.Reduction(),
        ],
        Build = call => Of(call.Method, call.Tensor("x"), call.Tensor("label"), weight: null, smoothing: 0, call.OptionalInt("ignoreIndex"), call.Reduction),
        Samples = [new([6, 5], [6]), new Sample([2, 3, 4], [2, 3]) { Classes = 4 }.With("ignoreIndex", 1), new Sample([5, 3], [5]) { Classes = 3 }.With("reduction", (int)LossReduction.None)],
        PyTorch = "torch.nn.functional.nll_loss",
    };

    public static readonly TensorMethod Weighted = new()
    {
        Name = "Nll",
        Summary = "The negative log-likelihood with a weight for each class: Σ weight[label] · -x[label] / Σ weight[label] over all rows.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the log-probabilities, [..., C]"), SurfaceParameter.IntTensor("label", "the right classes, [...]"), SurfaceParameter.Tensor("weight", "the weight of each class, [C]"),
            SurfaceParameter.OptionalInt("ignoreIndex", "a label whose rows do not count, inside or outside of the classes"), SurfaceParameter.Reduction(),
        ],
        Build = call => Of(call.Method, call.Tensor("x"), call.Tensor("label"), call.Tensor("weight"), smoothing: 0, call.OptionalInt("ignoreIndex"), call.Reduction),
        Samples = [new Sample([6, 5], [6], [5]) { Low = 0.2 }],
        PyTorch = "torch.nn.functional.nll_loss(weight=...)",
    };

    public static Node Of(string method, Node x, Node label, Node? weight, double smoothing, int? ignored, LossReduction reduction)
    {
        CrossEntropy.RequireLabels(method, x.Type, label.Type);
        int last = x.Shape.Rank - 1;
        var classes = x.Shape[last];
        if (weight is not null && weight.Shape != new Shape(classes)) throw new ModelException(Rules.SameShape,
            $"'{method}' was given logits {x.Shape} and class weights {weight.Shape}: there must be one weight for each class, {new Shape(classes)}.") { Argument = "weight" };
        if (!(smoothing >= 0 && smoothing <= 1)) throw new ModelException(Rules.Argument,
            $"'{method}' needs a 'labelSmoothing' between 0 and 1, but it is {ReducedLoss.Text(smoothing)}.") { Argument = "labelSmoothing" };

        // An ignored label outside of the classes has no indicator; one of the classes is looked up.
        bool outside = ignored is int k && (k < 0 || (classes.IsConstant && k >= classes.Value));
        var indicator = OneHot.Of(Reshape.Of(label, new Shape(label.Shape.Append(Dim.One))), classes, x.DType, outside ? ignored : null);
        var counts = ignored is not int index ? null : outside ? Sum.Of(indicator, [last], keepDims: false) : 1 - Select.Of(indicator, last, index);
        Node Counted(Node rows) => counts is null ? rows : Mask.Of(rows, counts);

        // Masked, not multiplied: a class of probability 0 costs nothing where it is not the label.
        var losses = -Sum.Of(Mask.Of(x, indicator), [last], keepDims: false);
        var weights = weight is null ? counts : Counted(Sum.Of(indicator * weight, [last], keepDims: false));
        losses = weight is null ? Counted(losses) : losses * weights!;
        if (smoothing > 0)
        {
            var all = -Sum.Of(weight is null ? x : x * weight, [last], keepDims: false);
            losses = (losses * (1 - smoothing)) + (Counted(all) * (smoothing / x.Graph.Size(classes, x.DType)));
        }
        return weights is null || reduction != LossReduction.Mean
            ? ReducedLoss.Of(losses, reduction)
            : ReducedLoss.Of(losses, LossReduction.Sum) / ReducedLoss.Of(weights, LossReduction.Sum);
    }
}
