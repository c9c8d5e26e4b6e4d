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
        for (nint first = from; first < to; first += V.Count)
        {
            nint count = Math.Min(V.Count, to - first);
            switch (Lanes<V, T>(count))
            {
                case 1 when typeof(T) == typeof(float): Group<F32x1, float>((FftPlan<float>)(object)plan, (float*)room, first, count, inner, inverse, (float*)x, (float*)y); break;
                case 1: Group<F64x1, double>((FftPlan<double>)(object)plan, (double*)room, first, count, inner, inverse, (double*)x, (double*)y); break;
                case 4: Group<F32x4, float>((FftPlan<float>)(object)plan, (float*)room, first, count, inner, inverse, (float*)x, (float*)y); break;
                default: Group<V, T>(plan, room, first, count, inner, inverse, x, y); break;
            }
        }
        GC.KeepAlive(plan);
    }

    /// <summary>
    /// How many lanes so few lines need: 1, 4, or 0 for those of the vector. A line alone in wide vectors would move all of their bytes. The choice depends on the last lines of a
    /// tensor only, not on the team.
    /// </summary>
    internal static int Lanes<V, T>(nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => count == 1 ? 1 : count <= 4 && V.Count > 4 && typeof(T) == typeof(float) ? 4 : 0;

    static void Group<V, T>(FftPlan<T> plan, T* room, nint first, nint count, nint inner, bool inverse, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = plan.Length;
        // With real and imaginary parts in each other's place the transform is the inverse one.
        int re = inverse ? 1 : 0, im = 1 - re;
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

    internal static T* Room<V, T>(Team team, FftPlan<T> plan)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> => (T*)team.Scratch(plan.Room * sizeof(V));

    /// <summary>Where a line begins, in numbers of the tensor.</summary>
    internal static nint Start(nint line, nint length, nint inner) => (line / inner * length * inner) + (line % inner);
}
