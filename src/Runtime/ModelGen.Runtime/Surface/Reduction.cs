namespace ModelGen;

/// <summary>What becomes of the elements of a loss.</summary>
public enum Reduction
{
    /// <summary>Their mean, a scalar: the default of every loss.</summary>
    Mean,

    /// <summary>Their sum, a scalar.</summary>
    Sum,

    /// <summary>Nothing: the loss is a tensor with one element for each.</summary>
    None,
}
