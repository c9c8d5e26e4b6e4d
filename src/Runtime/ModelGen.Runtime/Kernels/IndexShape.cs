using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Sizes of y[o, i, :] = x[o, index[i], :], in elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct IndexShape
{
    /// <summary>The product of the axes before the one that is indexed.</summary>
    public nint Outer { get; init; }

    /// <summary>The size of the indexed axis: every index is below it.</summary>
    public nint Rows { get; init; }

    /// <summary>How many indices.</summary>
    public nint Count { get; init; }

    /// <summary>Elements of one slice.</summary>
    public nint Inner { get; init; }
}
