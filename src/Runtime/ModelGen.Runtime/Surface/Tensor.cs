using ModelGen.Compiler.Ir;

namespace ModelGen;

/// <summary>
/// An array of real numbers with a shape. In a compiled method it stands for a value that does not exist yet; run as ordinary C# it holds
/// its elements, and every method computes at once (eagerly), with one plain reference implementation per op: that is how a model is debugged.
/// Immutable.
/// </summary>
/// <remarks>Elements are float32 or float64; float32 results are rounded after every op. Eager is slow on purpose: it must be obviously right. A tensor remembers the
/// call that made it, so that <see cref="Gradient(Tensor, Tensor)"/> finds its way back, and with it the tensors of that call; <see cref="StopGradient()"/> forgets them.</remarks>
public sealed partial class Tensor
{
    internal Tensor(NdArray values, DType type, Origin? origin = null) => (Values, DType, Origin) = (values, type, origin);

    /// <summary>A float32 tensor of the elements <paramref name="data"/> in row-major order; no sizes make a scalar.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the product of the sizes.</exception>
    public Tensor(float[] data, params int[] shape) : this(Eager.Array(data, shape), DType.Float32) { }

    /// <summary>A float64 tensor of the elements <paramref name="data"/> in row-major order; no sizes make a scalar.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the product of the sizes.</exception>
    public Tensor(double[] data, params int[] shape) : this(Eager.Array(data, shape), DType.Float64) { }

    /// <summary>A vector of these elements: <c>Tensor.From(1f, 2f, 3f)</c>.</summary>
    public static Tensor From(params float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(values, values.Length);
    }

    /// <summary>A matrix, rows first.</summary>
    public static Tensor From(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(values.Cast<float>().ToArray(), values.GetLength(0), values.GetLength(1));
    }

    /// <summary>One number, with no axes.</summary>
    public static Tensor Scalar(float value) => Full(value);

    /// <summary>Every element is <paramref name="value"/>.</summary>
    public static Tensor Full(float value, params int[] shape) => new(Enumerable.Repeat(value, Eager.Elements(shape)).ToArray(), shape) { IsFilled = true };

    /// <summary>Every element is 0.</summary>
    public static Tensor Zeros(params int[] shape) => Full(0, shape);

    /// <summary>Every element is 1.</summary>
    public static Tensor Ones(params int[] shape) => Full(1, shape);

    internal NdArray Values { get; }
    internal DType DType { get; }

    /// <summary>True for a tensor of one number, and for what is made of integers: like those, it takes the element type of what it meets.</summary>
    internal bool IsFilled { get; init; }

    /// <summary>True for what is made of integers alone: no element type has rounded it yet.</summary>
    internal bool IsOfIntegers { get; init; }

    /// <summary>The call that made it; null for data and constants.</summary>
    internal Origin? Origin { get; }

    /// <summary>The sizes of the axes, outermost first.</summary>
    public TensorShape Shape => new(Values.Shape);

    /// <summary>The number of axes.</summary>
    public int Rank => Values.Rank;

    /// <summary>The element type.</summary>
    public Precision Precision => DType == DType.Float64 ? Precision.Float64 : Precision.Float32;

    /// <summary>A copy of the elements in row-major order.</summary>
    public float[] ToArray() => Array.ConvertAll(Values.Data, x => (float)x);

    /// <summary>A copy of the elements in row-major order, exact for float64 too.</summary>
    public double[] ToDoubleArray() => (double[])Values.Data.Clone();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="InvalidOperationException">It has more elements, or none.</exception>
    public float Item() => (float)Only();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="InvalidOperationException">It has more elements, or none.</exception>
    public static explicit operator float(Tensor x) => (float)x.Only();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="InvalidOperationException">It has more elements, or none.</exception>
    public static explicit operator double(Tensor x) => x.Only();

    /// <summary>The same as <c>layer.Forward(this)</c>.</summary>
    public Tensor Apply(ILayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.Forward(this);
    }

    /// <summary>The same as <c>function(this)</c>: a method of the model reads as a layer.</summary>
    public Tensor Apply(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function(this);
    }

    /// <summary>Shape, element type and elements, row by row; the middle of a large tensor is left out.</summary>
    public override string ToString() => Execution.TensorText.Of(Values, Precision == Precision.Float64 ? "double" : "float");

    double Only() => Values.Length == 1
        ? Values.Data[0]
        : throw new InvalidOperationException($"A tensor of one element has a value as a number, but this one is {Shape}.");
}
