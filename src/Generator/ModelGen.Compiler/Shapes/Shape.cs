using System.Collections;

namespace ModelGen.Compiler.Shapes;

/// <summary>The sizes of a tensor's axes, outermost first. A scalar has none. Immutable and value-equatable.</summary>
internal sealed class Shape : IEquatable<Shape>, IReadOnlyList<Dim>
{
    readonly Dim[] dims;
    Dim? elements;

    public Shape(params Dim[] dims) => this.dims = dims;
    public Shape(IEnumerable<Dim> dims) => this.dims = dims.ToArray();

    public static readonly Shape Scalar = new(Array.Empty<Dim>());
    public static Shape Of(params int[] sizes) => new(sizes.Select(s => (Dim)s));

    public int Rank => dims.Length;
    public int Count => dims.Length;
    public Dim this[int axis] => dims[axis];

    /// <summary>The product of all sizes; 1 for a scalar.</summary>
    public Dim Elements => elements ??= Product(0, dims.Length);

    /// <summary>The product of the sizes of the axes in [from, to).</summary>
    public Dim Product(int from, int to)
    {
        var product = Dim.One;
        for (int i = from; i < to; i++) product *= dims[i];
        return product;
    }

    public bool IsConstant => Array.TrueForAll(dims, d => d.IsConstant);

    public Shape With(int axis, Dim size)
    {
        var copy = (Dim[])dims.Clone();
        copy[axis] = size;
        return new Shape(copy);
    }

    public Shape Permuted(IReadOnlyList<int> axes)
    {
        var permuted = new Dim[axes.Count];
        for (int i = 0; i < permuted.Length; i++) permuted[i] = dims[axes[i]];
        return new Shape(permuted);
    }

    public int[] Evaluate(Func<string, long> bind) => dims.Select(d => checked((int)d.Evaluate(bind))).ToArray();

    public bool Equals(Shape? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || dims.Length != other.dims.Length) return false;
        for (int i = 0; i < dims.Length; i++)
            if (!dims[i].Equals(other.dims[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        int hash = 17;
        foreach (var d in dims) hash = unchecked((hash * 31) + d.GetHashCode());
        return hash;
    }

    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => dims.GetEnumerator();

    /// <summary>As in every message: <c>[N, 784]</c>; a scalar is <c>[]</c>.</summary>
    public override string ToString() => "[" + string.Join(", ", dims.Select(d => d.ToString())) + "]";
}
