using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace ModelGen.MicroBenchmarks;

/// <summary>A softmax of ten classes.</summary>
[Model]
public partial class SoftmaxOf10
{
    /// <summary>Along the rows.</summary>
    public Tensor Forward([Shape("N", 10)] Tensor x) => x.Softmax();
}

/// <summary>A softmax of a thousand classes.</summary>
[Model]
public partial class SoftmaxOf1000
{
    /// <summary>Along the rows.</summary>
    public Tensor Forward([Shape("N", 1000)] Tensor x) => x.Softmax();
}

/// <summary>Softmax of 64 rows, as compiled for a model, beside the base library.</summary>
public class SoftmaxBenchmarks
{
    readonly SoftmaxOf10 narrow = new();
    readonly SoftmaxOf1000 wide = new();
    float[] x = [], y = [];

    /// <summary>How many classes.</summary>
    [Params(10, 1000)]
    public int Columns { get; set; }

    /// <summary>Draws the rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        x = [.. Enumerable.Range(0, 64 * Columns).Select(_ => random.NextSingle())];
        y = new float[x.Length];
    }

    /// <summary>One call of Predict, with all that belongs to it.</summary>
    [Benchmark]
    public void Compiled()
    {
        if (Columns == 10) narrow.Predict(x, y);
        else wide.Predict(x, y);
    }

    /// <summary>The base library, row by row.</summary>
    [Benchmark]
    public void LibraryTensors()
    {
        for (int i = 0; i < x.Length; i += Columns) TensorPrimitives.SoftMax(x.AsSpan(i, Columns), y.AsSpan(i, Columns));
    }
}
