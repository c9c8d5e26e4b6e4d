using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>What a model's decoding sessions have in common, as known at compile time.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record DecodingPlan
{
    /// <summary>The model's class.</summary>
    public required string Model { get; init; }

    /// <summary>The input's name and shape, and the elements of one position of one sequence.</summary>
    public required (string Name, string Shape, int Unit) Input { get; init; }

    /// <summary>The same of the result of one position.</summary>
    public required (string Name, string Shape, int Unit) Output { get; init; }

    /// <summary>Elements that the cache holds for a position of a sequence.</summary>
    public required long CacheUnit { get; init; }

    /// <summary>Tokens lie below it; 0 where the input is no tokens.</summary>
    public int Vocabulary { get; init; }

    /// <summary>The parameter that has a row for each position, and how many rows; null where positions never end.</summary>
    public (string Parameter, int Positions)? Limit { get; init; }
}
