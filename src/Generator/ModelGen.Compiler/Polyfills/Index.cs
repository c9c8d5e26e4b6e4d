namespace System
{
    /// <summary>Enough of System.Index and System.Range for list patterns and slices on netstandard2.0.</summary>
    [Microsoft.CodeAnalysis.Embedded]
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int Value { get; } = value;
        public bool IsFromEnd { get; } = fromEnd;
        public int GetOffset(int length) => IsFromEnd ? length - Value : Value;
        public static implicit operator Index(int value) => new(value);
        public static Index Start => new(0);
        public static Index End => new(0, true);
    }

    [Microsoft.CodeAnalysis.Embedded]
    internal readonly struct Range(Index start, Index end)
    {
        public Index Start { get; } = start;
        public Index End { get; } = end;
    }
}
