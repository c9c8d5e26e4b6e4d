using System.Collections;

namespace ModelGen.Compiler.Shapes;

/// <summary>The sizes of a tensor's axes, outermost first. A scalar has none. Immutable and value-equatable.</summary>
internal sealed class Shape : IEquatable<Shape>, IReadOnlyList<Dim>
{
    readonly Dim[] dims;

    public Shape(params Dim[] dims) => this.dims = dims;
    public Shape(IEnumerable<Dim> dims) => this.dims = dims.ToArray();

    public static readonly Shape Scalar = new(Array.Empty<Dim>());
    public static Shape Of(params int[] sizes) => new(sizes.Select(s => (Dim)s));

    public int Rank => dims.Length;
    public int Count => dims.Length;
    public Dim this[int axis] => dims[axis];

    /// <summary>The product of all sizes; 1 for a scalar.</summary>
    public Dim Elements => dims.Aggregate(Dim.One, (a, b) => a * b);

    /// <summary>The product of the sizes of the axes in [from, to).</summary>
    public Dim Product(int from, int to) => dims.Skip(from).Take(to - from).Aggregate(Dim.One, (a, b) => a * b);

    public bool IsConstant => dims.All(d => d.IsConstant);

    public Shape With(int axis, Dim size)
    {
        var copy = (Dim[])dims.Clone();
        copy[axis] = size;
        return new Shape(copy);
    }

    public Shape Permuted(IReadOnlyList<int> axes) => new(axes.Select(a => dims[a]));

    public int[] Evaluate(Func<string, long> bind) => dims.Select(d => checked((int)d.Evaluate(bind))).ToArray();

    public bool Equals(Shape? other) => other is not null && dims.SequenceEqual(other.dims);
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);
    public override int GetHashCode() => dims.Aggregate(17, (h, d) => unchecked((h * 31) + d.GetHashCode()));
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => dims.GetEnumerator();

    /// <summary>As in every message: <c>[N, 784]</c>; a scalar is <c>[]</c>.</summary>
    public override string ToString() => "[" + string.Join(", ", dims.Select(d => d.ToString())) + "]";
}
