using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Discrete Fourier transforms of complex numbers along an axis, of every size. As many lines as a vector has lanes are transformed together, each in a lane of its own: the bits of a line depend
/// neither on its neighbours nor on the size of the team.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Fft
{
    // Elements of a line that are brought into lanes at a time: all lanes of them stay in the nearest cache.
    internal const nint Block = 32;

    /// <summary>
    /// y[k] = Σ x[j] e^(-2πi jk / n), or with the other sign, without a factor; x and y [outer, n, inner, 2]. Every member of the team calls it and computes some lines; no barrier
    /// at the end.
    /// </summary>
    public static void Complex<V, T>(Team team, in LineShape shape, bool inverse, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Length, inner = shape.Inner, lines = shape.Outer * inner;
        team.Range(lines, V.Count, out nint from, out nint to);
        if (to <= from) return;
        var plan = FftPlan<T>.For(n);
        T* room = Room<V, T>(team, plan);
        // With real and imaginary parts in each other's place the transform is the inverse one.
        int re = inverse ? 1 : 0, im = 1 - re;
        for (nint first = from; first < to; first += V.Count)
        {
            nint count = Math.Min(V.Count, to - first);
            if (count < V.Count) NativeMemory.Clear(room, (nuint)(2 * n * sizeof(V)));
            for (nint k = 0; k < n; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = x + (2 * Start(first + lane, n, inner)), target = room + lane;
                    for (nint j = k; j < Math.Min(n, k + Block); j++)
                    {
                        target[2 * j * V.Count] = source[(2 * j * inner) + re];
                        target[((2 * j) + 1) * V.Count] = source[(2 * j * inner) + im];
                    }
                }
            T* result = (T*)plan.Run((V*)room);
            for (nint k = 0; k < n; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = y + (2 * Start(first + lane, n, inner)), source = result + lane;
                    for (nint j = k; j < Math.Min(n, k + Block); j++)
                    {
                        target[(2 * j * inner) + re] = source[2 * j * V.Count];
                        target[(2 * j * inner) + im] = source[((2 * j) + 1) * V.Count];
                    }
                }
        }
        GC.KeepAlive(plan);
    }

    internal static T* Room<V, T>(Team team, FftPlan<T> plan)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> => (T*)team.Scratch(plan.Room * sizeof(V));

    /// <summary>Where a line begins, in numbers of the tensor.</summary>
    internal static nint Start(nint line, nint length, nint inner) => (line / inner * length * inner) + (line % inner);
}
