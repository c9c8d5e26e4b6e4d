using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// Sizes of an attention. Queries are [Batch, Queries, Heads, Width], or with the heads first [Batch, Heads, Queries, Width]; keys and values alike with Keys
/// positions and KeyHeads heads, values and the result ValueWidth wide.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct AttentionShape
{
    /// <summary>Sequences.</summary>
    public nint Batch { get; init; }

    /// <summary>Heads of the queries.</summary>
    public nint Heads { get; init; }

    /// <summary>Heads of keys and values; they divide <see cref="Heads"/>.</summary>
    public nint KeyHeads { get; init; }

    /// <summary>Positions of the queries.</summary>
    public nint Queries { get; init; }

    /// <summary>Positions of keys and values.</summary>
    public nint Keys { get; init; }

    /// <summary>Elements of a query and of a key.</summary>
    public nint Width { get; init; }

    /// <summary>Elements of a value.</summary>
    public nint ValueWidth { get; init; }

    /// <summary>1 when the axis of the heads stands behind that of the positions, else 0.</summary>
    public nint HeadsInside { get; init; }

    /// <summary>1 when a query sees no key behind its own position, else 0.</summary>
    public nint Causal { get; init; }

    /// <summary>A query sees keys less than so many positions away; 0: any.</summary>
    public nint Window { get; init; }

    /// <summary>The keys [first, end) that the queries [from, to) see, of a sequence of so many keys.</summary>
    internal void Seen(nint from, nint to, nint keys, out nint first, out nint end)
    {
        first = Window > 0 ? Math.Max(0, from - Window + 1) : 0;
        end = Math.Min(keys, Causal != 0 ? to : Window > 0 ? to - 1 + Window : keys);
    }

    /// <summary>Where the first row of a head lies in a tensor of so many heads and positions, and how far apart its rows are, in rows.</summary>
    internal (nint First, nint Step) Rows(nint heads, nint positions, nint batch, nint head) =>
        HeadsInside != 0 ? (batch * positions * heads + head, heads) : ((batch * heads + head) * positions, 1);
}
