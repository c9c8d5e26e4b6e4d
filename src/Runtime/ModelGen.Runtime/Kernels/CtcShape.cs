using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Sizes of connectionist temporal classification.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CtcShape
{
    /// <summary>Sequences.</summary>
    public nint Batch { get; init; }

    /// <summary>Steps of a sequence.</summary>
    public nint Steps { get; init; }

    /// <summary>Classes, the blank among them.</summary>
    public nint Classes { get; init; }

    /// <summary>The most symbols of a target.</summary>
    public nint Symbols { get; init; }

    /// <summary>The class that stands for no symbol.</summary>
    public nint Blank { get; init; }

    /// <summary>1 when losses are divided by the number of symbols, else 0.</summary>
    public nint PerSymbol { get; init; }

    /// <summary>1 when an impossible target costs nothing, else 0.</summary>
    public nint ZeroInfinity { get; init; }
}
