namespace ModelGen;

/// <summary>What stands between the brackets of <c>x[1..3, ^1]</c> for one axis: an index, which removes the axis, or a range.</summary>
public readonly struct TensorIndex : IEquatable<TensorIndex>
{
    TensorIndex(Range range, bool isRange) => (Range, IsRange) = (range, isRange);

    /// <summary>The range; for a single index only its start counts.</summary>
    public Range Range { get; }

    /// <summary>False for a single index.</summary>
    public bool IsRange { get; }

    /// <summary>The element at <paramref name="index"/>, counted from 0; a negative one counts from the end, as in Python.</summary>
    public static implicit operator TensorIndex(int index) => index < 0 ? new Index(-index, fromEnd: true) : new Index(index);

    /// <summary>The element at <paramref name="index"/>.</summary>
    public static implicit operator TensorIndex(Index index) => new(new Range(index, index), false);

    /// <summary>The elements of <paramref name="range"/>.</summary>
    public static implicit operator TensorIndex(Range range) => new(range, true);

    /// <inheritdoc/>
    public bool Equals(TensorIndex other) => Range.Equals(other.Range) && IsRange == other.IsRange;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorIndex other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Range, IsRange);

    /// <summary>Equal index or equal range.</summary>
    public static bool operator ==(TensorIndex a, TensorIndex b) => a.Equals(b);

    /// <summary>Another index or another range.</summary>
    public static bool operator !=(TensorIndex a, TensorIndex b) => !a.Equals(b);

    /// <summary>As C# writes it: <c>^1</c>, <c>1..3</c>.</summary>
    public override string ToString() => IsRange ? Range.ToString() : Range.Start.ToString();
}
