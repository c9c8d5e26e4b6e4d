using ModelGen.Compiler.Ir;

namespace ModelGen;

/// <summary>An array of integers with a shape: class labels and indices. Immutable.</summary>
public sealed partial class IntTensor
{
    internal IntTensor(NdArray values) => Values = values;

    /// <summary>The elements <paramref name="data"/> in row-major order; no sizes make a scalar.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the product of the sizes.</exception>
    public IntTensor(int[] data, params int[] shape) => Values = Eager.Array(data, shape);

    /// <summary>A vector of these elements.</summary>
    public static IntTensor From(params int[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(values, values.Length);
    }

    internal NdArray Values { get; }

    /// <summary>The sizes of the axes, outermost first.</summary>
    public TensorShape Shape => new(Values.Shape);

    /// <summary>The number of axes.</summary>
    public int Rank => Values.Rank;

    /// <summary>A copy of the elements in row-major order.</summary>
    public int[] ToArray() => Array.ConvertAll(Values.Data, x => (int)x);

    /// <summary>The same as <c>embedding.Forward(this)</c>.</summary>
    public Tensor Apply(Embedding embedding)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        return embedding.Forward(this);
    }

    /// <summary>The same as <c>bag.Forward(this)</c>.</summary>
    public Tensor Apply(EmbeddingBag bag)
    {
        ArgumentNullException.ThrowIfNull(bag);
        return bag.Forward(this);
    }

    /// <summary>The same as <c>function(this)</c>: a method of the model reads as a layer.</summary>
    public Tensor Apply(Func<IntTensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function(this);
    }

    /// <summary>Shape and elements, row by row; the middle of a large tensor is left out.</summary>
    public override string ToString() => Execution.TensorText.Of(Values, "int");
}
