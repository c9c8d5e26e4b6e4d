using System.Globalization;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// The elements of a <see cref="Parameter"/> or of its gradient, in PyTorch's order (row-major over <see cref="Parameter.Shape"/>). It reads
/// and writes the model's own memory. Single elements pass as <see cref="double"/>, which holds both precisions exactly; a value that is
/// written to a float32 model is rounded.
/// </summary>
/// <remarks>Writing needs the model for itself, and reading excludes training; a collision is an <see cref="InvalidOperationException"/>.</remarks>
public sealed class ParameterView
{
    readonly ModelState state;
    readonly ParameterLayout layout;
    readonly bool gradient;

    internal ParameterView(ModelState state, ParameterLayout layout, bool gradient) => (this.state, this.layout, this.gradient) = (state, layout, gradient);

    /// <summary>The number of elements.</summary>
    public int Length => layout.Length;

    /// <summary>One element by its position in row-major order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public double this[int index]
    {
        get
        {
            Span<double> one = stackalloc double[1];
            state.Read(layout, gradient, Checked(index), one);
            return one[0];
        }
        set => state.Write(layout, gradient, Checked(index), [value]);
    }

    /// <summary>One element by its index along each axis.</summary>
    /// <exception cref="ArgumentException">The number of indices is not the number of axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    public double this[params ReadOnlySpan<int> index]
    {
        get => this[Flat(index)];
        set => this[Flat(index)] = value;
    }

    /// <summary>Copies all elements.</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyTo(Span<float> destination)
    {
        Require(destination.Length, nameof(destination));
        state.Read(layout, gradient, 0, destination);
    }

    /// <inheritdoc cref="CopyTo(Span{float})"/>
    public void CopyTo(Span<double> destination)
    {
        Require(destination.Length, nameof(destination));
        state.Read(layout, gradient, 0, destination);
    }

    /// <summary>Overwrites all elements.</summary>
    /// <exception cref="ArgumentException">The source has another length; nothing was changed.</exception>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        Require(source.Length, nameof(source));
        state.Write(layout, gradient, 0, source);
    }

    /// <inheritdoc cref="CopyFrom(ReadOnlySpan{float})"/>
    public void CopyFrom(ReadOnlySpan<double> source)
    {
        Require(source.Length, nameof(source));
        state.Write(layout, gradient, 0, source);
    }

    /// <summary>Makes every element <paramref name="value"/>.</summary>
    public void Fill(double value)
    {
        var values = new double[Length];
        values.AsSpan().Fill(value);
        state.Write<double>(layout, gradient, 0, values);
    }

    /// <summary>A copy of all elements.</summary>
    public float[] ToArray()
    {
        var copy = new float[Length];
        CopyTo(copy);
        return copy;
    }

    /// <summary>A copy of all elements, exact for a float64 model too.</summary>
    public double[] ToDoubleArray()
    {
        var copy = new double[Length];
        CopyTo(copy);
        return copy;
    }

    /// <summary>For example <c>conv1.weight [16, 1, 3, 3]</c>.</summary>
    public override string ToString() => $"{What} {layout.ShapeText}";

    string What => gradient ? $"the gradient of {layout.Name}" : layout.Name;

    int Checked(int index) => (uint)index < (uint)layout.Length ? index : throw new ArgumentOutOfRangeException(
        nameof(index), index, $"'{layout.Name}' {layout.ShapeText} has the elements 0 to {layout.Length - 1}.");

    int Flat(ReadOnlySpan<int> index)
    {
        var shape = layout.Shape;
        if (index.Length != shape.Length) throw new ArgumentException(
            $"'{layout.Name}' {layout.ShapeText} has {shape.Length} axes, but {index.Length} indices were given.", nameof(index));
        int flat = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            if ((uint)index[i] >= (uint)shape[i]) throw new ArgumentOutOfRangeException(nameof(index), index[i],
                string.Create(CultureInfo.InvariantCulture, $"Axis {i} of '{layout.Name}' {layout.ShapeText} has the indices 0 to {shape[i] - 1}."));
            flat = (flat * shape[i]) + index[i];
        }
        return flat;
    }

    void Require(int given, string argument)
    {
        if (given != layout.Length) throw new ArgumentException(
            $"'{layout.Name}' {layout.ShapeText} has {layout.Length} elements, but the {argument} has {given}.", argument);
    }
}
