using System.Collections;

namespace ModelGen;

/// <summary>The sizes of a tensor's axes, outermost first. A scalar has none.</summary>
public readonly struct TensorShape : IReadOnlyList<int>, IEquatable<TensorShape>
{
    readonly int[]? sizes;

    internal TensorShape(int[] sizes) => this.sizes = sizes;

    ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The number of axes.</summary>
    public int Rank => Sizes.Length;

    /// <summary>The number of axes; it makes <c>shape[^1]</c> work.</summary>
    public int Count => Sizes.Length;

    /// <summary>The product of all sizes; 1 for a scalar.</summary>
    public int Elements => Compiler.Ir.NdArray.Count(this);

    /// <summary>The size of one axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => (uint)axis < (uint)Rank
        ? Sizes[axis]
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has {Rank} axes, counted from 0.");

    /// <summary>A copy of the sizes.</summary>
    public int[] ToArray() => Sizes.ToArray();

    /// <summary>As in every message: <c>[32, 784]</c>; a scalar is <c>[]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", sizes ?? [])}]";

    /// <summary>Equal sizes in equal order.</summary>
    public bool Equals(TensorShape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Equal sizes in equal order.</summary>
    public static bool operator ==(TensorShape a, TensorShape b) => a.Equals(b);

    /// <summary>Different sizes or order.</summary>
    public static bool operator !=(TensorShape a, TensorShape b) => !a.Equals(b);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(sizes ?? [])).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
