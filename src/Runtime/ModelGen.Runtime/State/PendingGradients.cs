namespace ModelGen.Execution;

/// <summary>Which gradients were computed, or written by hand, since the last update: what the next <see cref="Optimizer.Step"/> uses up.</summary>
internal sealed class PendingGradients
{
    readonly ParameterLayout[] trained;
    readonly bool[] waits;
    readonly long[] ranges;

    public PendingGradients(ModelLayout layout)
    {
        trained = [.. layout.Parameters.Where(p => p.HasGradient)];
        (waits, ranges) = (new bool[trained.Length], new long[2 * trained.Length]);
    }

    /// <summary>The trained tensors, in order of their offsets.</summary>
    public ReadOnlySpan<ParameterLayout> Trained => trained;

    /// <summary>Whether the gradient of a trained tensor waits.</summary>
    public bool Waits(int index) => waits[index];

    /// <inheritdoc cref="Waits(int)"/>
    public bool Waits(ParameterLayout parameter)
    {
        for (int i = 0; i < trained.Length; i++)
            if (trained[i].Offset == parameter.Offset) return waits[i];
        return false;
    }

    public void Clear() => Array.Clear(waits);

    /// <summary>Which wait, kept aside.</summary>
    public bool[] Copy() => (bool[])waits.Clone();

    /// <summary>Takes up what was kept aside.</summary>
    public void Set(bool[] kept) => kept.CopyTo(waits, 0);

    /// <summary>Marks the tensors of some ranges.</summary>
    /// <param name="added">First element and count of each range, in pairs.</param>
    public void Add(ReadOnlySpan<long> added)
    {
        for (int i = 0; i < trained.Length; i++) waits[i] |= IsIn(added, i);
    }

    /// <summary>Marks one tensor.</summary>
    public void Add(ParameterLayout parameter)
    {
        for (int i = 0; i < trained.Length; i++) waits[i] |= trained[i].Offset == parameter.Offset;
    }

    /// <summary>Whether a trained tensor lies in some ranges, which are made of whole tensors.</summary>
    public bool IsIn(ReadOnlySpan<long> some, int index)
    {
        long offset = trained[index].Offset;
        for (int i = 0; i < some.Length; i += 2)
            if (offset >= some[i] && offset < some[i] + some[i + 1]) return true;
        return false;
    }

    /// <summary>First element and count of each range that waits, in pairs; neighbours are one range.</summary>
    public ReadOnlySpan<long> Ranges()
    {
        int count = 0;
        for (int i = 0; i < trained.Length; i++)
        {
            if (!waits[i]) continue;
            // What lies between two tensors is padding.
            if (i > 0 && waits[i - 1]) ranges[count - 1] = trained[i].Offset + trained[i].Length - ranges[count - 2];
            else (ranges[count], ranges[count + 1], count) = (trained[i].Offset, trained[i].Length, count + 2);
        }
        return ranges.AsSpan(0, count);
    }
}
