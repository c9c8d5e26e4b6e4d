namespace ModelGen;

/// <summary>The course of one <see cref="Trainer.Fit"/>.</summary>
public sealed class History
{
    readonly List<EpochResult> epochs = [];

    internal void Add(EpochResult result) => epochs.Add(result);

    /// <summary>One result per epoch.</summary>
    public IReadOnlyList<EpochResult> Epochs => epochs;

    /// <summary>The last epoch's training loss.</summary>
    public double FinalLoss => epochs[^1].Loss;

    /// <summary>The epoch with the lowest validation loss, or training loss where there is no validation data. A loss that is NaN is above all others.</summary>
    public EpochResult Best => epochs.MinBy(e => e.ValidationLoss ?? e.Loss, Comparer<double>.Create(CompareNaNLast))!;

    // By itself NaN is below all numbers.
    static int CompareNaNLast(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
}
