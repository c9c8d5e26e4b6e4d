using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Sizes of a recurrent layer: sequences [Batch, Steps, ...] and a hidden state of Hidden elements; and where the results lie, which are one piece of memory.</summary>
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

    /// <summary>Forward: where the carried states after the last step begin, behind the hidden states of all steps.</summary>
    public nint Last { get; init; }

    /// <summary>Forward: where all states of all steps begin; negative when they are not kept.</summary>
    public nint States { get; init; }

    /// <summary>Backward: where the gradient of the initial states begins, behind those of the gates; negative when it is not wanted.</summary>
    public nint Initial { get; init; }
}
