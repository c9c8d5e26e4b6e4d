using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Batches of square matrices, and of the right sides of linear systems.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct SystemShape
{
    /// <summary>How many matrices.</summary>
    public nint Batch { get; init; }

    /// <summary>Rows and columns of each matrix.</summary>
    public nint Size { get; init; }

    /// <summary>Right sides of each matrix; 0 where there are none.</summary>
    public nint Columns { get; init; }
}
