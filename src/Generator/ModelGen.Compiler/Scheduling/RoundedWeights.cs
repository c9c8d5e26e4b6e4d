namespace ModelGen.Compiler.Scheduling;

/// <summary>
/// The weights that an inference program reads rounded. They are the same from call to call, so their rounding is no part of the program: it is done when the weights
/// have changed, like their packing.
/// </summary>
internal sealed class RoundedWeights
{
    public static readonly RoundedWeights None = new([], 0);

    RoundedWeights(IReadOnlyList<(Node Rounded, Node Weight, long Offset)> all, long elements) => (All, Elements) = (all, elements);

    /// <summary>Every rounded copy: of which weight, and where it begins, in elements of the model's type.</summary>
    public IReadOnlyList<(Node Rounded, Node Weight, long Offset)> All { get; }

    /// <summary>The memory of all, in elements of the model's type.</summary>
    public long Elements { get; }

    /// <summary>Takes the kernels that do nothing but round a weight out of a schedule.</summary>
    public static RoundedWeights Of(ref Schedule schedule)
    {
        var all = new List<(Node Rounded, Node Weight, long Offset)>();
        var removed = new HashSet<Kernel>();
        long elements = 0;
        foreach (var kernel in schedule.Kernels)
        {
            if (kernel is not LoopKernel { Body: [{ Op: RoundTo } rounded], Stores.Count: 1 } || rounded.Inputs[0] is not { Op: ParameterLeaf } weight) continue;
            all.Add((rounded, weight, elements));
            removed.Add(kernel);
            long each = rounded.Shape.Elements.Value, bytes = (each * rounded.Stored.Size()) + 63;
            elements += bytes / 64 * 64 / rounded.DType.Size();
        }
        if (all.Count == 0) return None;
        schedule = schedule.Without(removed);
        return new RoundedWeights(all, elements);
    }
}
