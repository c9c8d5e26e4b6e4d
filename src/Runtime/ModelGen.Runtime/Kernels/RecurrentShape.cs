using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Sizes of a recurrent layer: sequences [Batch, Steps, ...] and a hidden state of Hidden elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RecurrentShape
{
    /// <summary>Independent sequences.</summary>
    public nint Batch { get; init; }

    /// <summary>Elements of each sequence.</summary>
    public nint Steps { get; init; }

    /// <summary>Elements of the hidden state.</summary>
    public nint Hidden { get; init; }

    /// <summary>1 when the steps go from the last element to the first, else 0.</summary>
    public nint Reverse { get; init; }
}
