namespace ModelGen.Compiler.Ir;

/// <summary>
/// A dense array in double precision, row-major: the value type of the reference semantics. Slow and obvious on purpose.
/// </summary>
internal sealed class NdArray
{
    // The most elements of a .NET array.
    const int MaxLength = 0x7FFFFFC7;

    public NdArray(int[] shape, double[] data)
    {
        Shape = shape;
        Data = data;
        int count = Count(shape);
        if (data.Length != count) throw new ArgumentException($"A shape [{string.Join(", ", shape)}] has {count} elements, but {data.Length} were given.", nameof(data));
    }

    public NdArray(params int[] shape) : this(shape, new double[Count(shape)]) { }

    public static NdArray Scalar(double value) => new([], [value]);

    public int[] Shape { get; }
    public double[] Data { get; }
    public int Rank => Shape.Length;
    public int Length => Data.Length;

    public double this[params int[] index]
    {
        get => Data[Offset(index)];
        set => Data[Offset(index)] = value;
    }

    public static int Count(IEnumerable<int> shape)
    {
        long count = 1;
        // A size of 0 may stand behind a product that is too large, which grows no further.
        foreach (int size in shape) count = Math.Min(count, MaxLength + 1L) * size;
        return count <= MaxLength ? (int)count : throw new ArgumentOutOfRangeException(nameof(shape),
            $"A tensor [{string.Join(", ", shape)}] has more elements than the {MaxLength.ToString(System.Globalization.CultureInfo.InvariantCulture)} (2^31 - 57) that one array can hold.");
    }

    /// <summary>Elements between neighbours along each axis.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        for (int i = Rank - 1, step = 1; i >= 0; step *= Shape[i--]) strides[i] = step;
        return strides;
    }

    public int Offset(int[] index)
    {
        int offset = 0;
        for (int i = 0; i < Rank; i++) offset = (offset * Shape[i]) + index[i];
        return offset;
    }

    /// <summary>All indices in row-major order. The same array is reused from step to step.</summary>
    public IEnumerable<int[]> Indices() => Indices(Shape);

    public static IEnumerable<int[]> Indices(int[] shape)
    {
        var index = new int[shape.Length];
        for (int n = Count(shape); n > 0; n--)
        {
            yield return index;
            for (int i = shape.Length - 1; i >= 0 && ++index[i] == shape[i]; i--) index[i] = 0;
        }
    }

    /// <summary>The element that broadcasting puts at <paramref name="index"/> of a larger shape.</summary>
    public double Broadcast(int[] index)
    {
        int offset = 0, skip = index.Length - Rank;
        for (int i = 0; i < Rank; i++) offset = (offset * Shape[i]) + (Shape[i] == 1 ? 0 : index[i + skip]);
        return Data[offset];
    }

    /// <summary>Every element rounded to what <paramref name="type"/> can hold.</summary>
    public NdArray RoundedTo(DType type) => type switch
    {
        DType.Float32 => new NdArray(Shape, Array.ConvertAll(Data, x => (double)(float)x)),
        DType.BFloat16 or DType.Float16 => new NdArray(Shape, Array.ConvertAll(Data, x => NarrowFormat.Round(x, type))),
        _ => this,
    };
}
