using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Discrete Fourier transforms of complex numbers along an axis, of every size.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Fft
{
    /// <summary>
    /// y[k] = Σ x[j] e^(-2πi jk / n), or with the other sign, without a factor; x and y [outer, n, inner, 2]. Every member of the team calls it and computes some lines; no barrier
    /// at the end.
    /// </summary>
    public static void Complex<V, T>(Team team, in LineShape shape, bool inverse, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        => LineTransform.Run<V, T, Lines>(team, shape.Outer * shape.Inner, shape.Length, new Lines(shape.Inner, inverse, x, y));

    readonly struct Lines(nint inner, bool inverse, void* x, void* y) : ILineTransform
    {
        public void Run<V, T>(FftPlan<T> plan, T* room, nint first, nint count)
            where V : unmanaged, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            nint n = plan.Length;
            // With real and imaginary parts in each other's place the transform is the inverse one.
            int re = inverse ? 1 : 0, im = 1 - re;
            if (count < V.Count) NativeMemory.Clear(room, (nuint)(2 * n * sizeof(V)));
            for (nint k = 0; k < n; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = (T*)x + (2 * LineTransform.Start(first + lane, n, inner)), target = room + lane;
                    for (nint j = k; j < Math.Min(n, k + LineTransform.Block); j++)
                    {
                        target[2 * j * V.Count] = source[(2 * j * inner) + re];
                        target[((2 * j) + 1) * V.Count] = source[(2 * j * inner) + im];
                    }
                }
            T* result = (T*)plan.Run((V*)room);
            for (nint k = 0; k < n; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = (T*)y + (2 * LineTransform.Start(first + lane, n, inner)), source = result + lane;
                    for (nint j = k; j < Math.Min(n, k + LineTransform.Block); j++)
                    {
                        target[(2 * j * inner) + re] = source[2 * j * V.Count];
                        target[(2 * j * inner) + im] = source[((2 * j) + 1) * V.Count];
                    }
                }
        }
    }
}
