using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// One thread's place among the threads that run the same body. Every thread of a team runs every statement of the body;
/// kernels use <see cref="Range"/> to find their share, and the body puts a <see cref="Barrier"/> where a kernel reads what
/// other threads wrote.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Team
{
    readonly long* counters;

    internal Team(int index, int count, long* counters)
    {
        Index = index;
        Count = count;
        this.counters = counters;
    }

    /// <summary>A team of one: the calling thread.</summary>
    public static Team Single => new(0, 1, null);

    /// <summary>This thread, from 0 (the caller of <see cref="WorkerPool.Run"/>) to <see cref="Count"/> - 1.</summary>
    public int Index { get; }

    /// <summary>How many threads the team has; <c>default(Team)</c> is not a team.</summary>
    public int Count { get; }

    /// <summary>Waits until every thread of the team has come here, and sees all that they wrote before.</summary>
    public void Barrier()
    {
        if (Count > 1)
            WorkerPool.WaitForAll(counters, Index, Count);
    }

    /// <summary>
    /// This thread's contiguous share of <paramref name="total"/> items: [<paramref name="from"/>, <paramref name="to"/>).
    /// Shares begin at multiples of <paramref name="grain"/>, differ by at most one grain, and may be empty.
    /// </summary>
    public void Range(nint total, nint grain, out nint from, out nint to)
    {
        if (Count == 1)
        {
            from = 0;
            to = total;
            return;
        }
        nint grains = (total + grain - 1) / grain;
        nint each = grains / Count, extra = grains % Count;
        nint first = Index * each + Math.Min(Index, extra);
        from = Math.Min(total, first * grain);
        to = Math.Min(total, (first + each + (Index < extra ? 1 : 0)) * grain);
    }

    /// <summary>
    /// Memory of this thread, aligned to 64 bytes, with undefined contents, valid until the thread asks again: a kernel asks
    /// once and divides what it gets.
    /// </summary>
    public byte* Scratch(nint bytes) => ThreadScratch.Get(bytes);
}
