namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Integers that the model computes itself: as results, as indices of all kinds, and as labels.</summary>
[Model]
internal partial class IndexNet
{
    readonly Linear scores = new(6), output = new(4);
    readonly Embedding words = new(6, 3);

    public (Tensor Logits, IntTensor Best, IntTensor Order) Forward([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label)
    {
        var s = x.Apply(scores);
        var best = s.ArgMax();
        var (top, places) = s.TopK(3);
        var moved = (label.ToTensor() + 1f).ToInt();   // checked while it runs: nothing says that it is below 4
        var y = Tensor.Concat(1, top, best.Apply(words), Tensor.OneHot(moved, 4), s.Gather(1, best.Unsqueeze(1)), s.Sort(1, descending: true).Values);
        y = y.ScatterAdd(1, places, top.Tanh()).Scatter(1, places.Slice(1, 0, 1), s.Slice(1, 1, 2));
        return (y.Apply(output), best, s.ArgSort(1, descending: true));
    }

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label)
    {
        var (logits, best, order) = Forward(x, label);
        // The model's own choice as a label, and sums of rows that the model's own order names.
        var chosen = logits.IndexSelect(1, logits.Sum(0).ArgSort().Slice(0, 1, 3));
        return logits.CrossEntropy(logits.ArgMax()) + (logits * logits).Mean() + ((best.ToTensor() / 4f).Mean() * chosen.Mean()) + (order.Select(1, 0).ToTensor() * 0.01f).Mean();
    }
}

/// <summary>The same in double precision, where integers are half as long as numbers.</summary>
[Model(Precision = Precision.Float64)]
internal partial class DoubleIndexNet
{
    readonly Linear scores = new(7), output = new(3);

    public (IntTensor Order, IntTensor Same, Tensor Sum) Forward([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label)
    {
        var s = x.Apply(scores).Tanh();
        var order = s.ArgSort();
        return (order, label, (order.ToTensor() + s).Apply(output));
    }

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label)
    {
        var (order, _, y) = Forward(x, label);
        return y.CrossEntropy(label) + Tensor.Einsum("nk,nj,j->nk", y, y, order.ToTensor().Mean(0).Slice(0, 0, 3)).Mean();
    }
}

/// <summary>Random orders inside the loss: new ones in each step, the same in eager mode and for every number of threads.</summary>
[Model]
internal partial class ShuffleNet
{
    readonly Linear hidden = new(6), output = new(2);

    public Tensor Forward([Shape("N", 4)] Tensor x) => x.Apply(hidden).Apply(output);

    public Tensor Loss([Shape("N", 4)] Tensor x)
    {
        var y = x.Apply(hidden).Shuffle().Shuffle(1).Apply(output);
        return (y.Square() + (0.1f * Tensor.RandomPermutation(x.Shape[0]).ToTensor().Unsqueeze(1) * y)).Mean();
    }
}

/// <summary>Twice its integers as indices: they fit for 0 and 1.</summary>
[Model]
internal partial class PickNet
{
    readonly Linear scores = new(4);

    public Tensor Forward([Shape("N", 4)] Tensor x, [Shape("N")] IntTensor i) => x.Apply(scores).Gather(1, (i.ToTensor() * 2f).ToInt().Unsqueeze(1)).Squeeze(1);

    public Tensor Loss([Shape("N", 4)] Tensor x, [Shape("N")] IntTensor i) => Forward(x, i).Square().Mean();
}
