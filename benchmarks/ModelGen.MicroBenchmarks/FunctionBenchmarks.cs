using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using ModelGen.Execution;

namespace ModelGen.MicroBenchmarks;

/// <summary>Elementary functions over numbers in the first-level cache; times are for one number.</summary>
public unsafe class FunctionBenchmarks
{
    const int Count = 4096;
    readonly float* x = AlignedFloats.Random(Count), y = AlignedFloats.Random(Count);

    /// <summary>Which function.</summary>
    [Params("exp", "tanh", "log", "gelu")]
    public string Function { get; set; } = "";

    /// <summary>The logarithm wants positive numbers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        if (Function == "log")
            for (int i = 0; i < Count; i++) x[i] = MathF.Abs(x[i]) + 0.01f;
    }

    /// <summary>The kernels' own functions.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Own()
    {
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Own<F32x16>(); break;
            case SimdWidth.Bits256: Own<F32x8>(); break;
            case SimdWidth.Bits128: Own<F32x4>(); break;
            default: Own<F32x1>(); break;
        }
    }

    void Own<V>() where V : unmanaged, ISimd<V, float>
    {
        switch (Function)
        {
            case "exp": for (int i = 0; i < Count; i += V.Count) V.Exp(V.Load(x + i)).Store(y + i); break;
            case "tanh": for (int i = 0; i < Count; i += V.Count) V.Tanh(V.Load(x + i)).Store(y + i); break;
            case "log": for (int i = 0; i < Count; i += V.Count) V.Log(V.Load(x + i)).Store(y + i); break;
            default:
                V half = V.Create(0.5f), scale = V.Create(0.70710678f);
                for (int i = 0; i < Count; i += V.Count)
                {
                    V v = V.Load(x + i);
                    (half * v * (V.One + V.Erf(v * scale))).Store(y + i);
                }
                break;
        }
    }

    /// <summary>The base library, one number at a time; its gelu is the approximation by tanh, since it has no erf.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void LibraryScalar()
    {
        switch (Function)
        {
            case "exp": for (int i = 0; i < Count; i++) y[i] = MathF.Exp(x[i]); break;
            case "tanh": for (int i = 0; i < Count; i++) y[i] = MathF.Tanh(x[i]); break;
            case "log": for (int i = 0; i < Count; i++) y[i] = MathF.Log(x[i]); break;
            default: for (int i = 0; i < Count; i++) y[i] = 0.5f * x[i] * (1 + MathF.Tanh(0.79788456f * (x[i] + (0.044715f * x[i] * x[i] * x[i])))); break;
        }
    }

    /// <summary>The base library over spans.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void LibraryTensors()
    {
        ReadOnlySpan<float> from = new(x, Count);
        Span<float> to = new(y, Count);
        switch (Function)
        {
            case "exp": TensorPrimitives.Exp(from, to); break;
            case "tanh": TensorPrimitives.Tanh(from, to); break;
            case "log": TensorPrimitives.Log(from, to); break;
            default:
                TensorPrimitives.Multiply(from, from, to);
                TensorPrimitives.Multiply(to, 0.044715f, to);
                TensorPrimitives.Add(to, 1f, to);
                TensorPrimitives.Multiply(to, from, to);
                TensorPrimitives.Multiply(to, 0.79788456f, to);
                TensorPrimitives.Tanh(to, to);
                TensorPrimitives.Add(to, 1f, to);
                TensorPrimitives.Multiply(to, from, to);
                TensorPrimitives.Multiply(to, 0.5f, to);
                break;
        }
    }
}
