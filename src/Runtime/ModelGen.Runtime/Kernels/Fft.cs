using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Discrete Fourier transforms along an axis, of every size. As many lines as a vector has lanes are transformed together, each in a lane of its own: the bits of a line depend
/// neither on its neighbours nor on the size of the team.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Fft
{
    // Elements of a line that are brought into lanes at a time: all lanes of them stay in the nearest cache.
    const nint Block = 32;

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

    /// <summary>
    /// The first n/2 + 1 coefficients of real lines x [outer, n, inner] → y [outer, n/2 + 1, inner, 2]; doubled, those count twice whose conjugates are left out. Every member of the
    /// team calls it; no barrier at the end.
    /// </summary>
    public static void Real<V, T>(Team team, in LineShape shape, bool doubled, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Length, inner = shape.Inner, lines = shape.Outer * inner, coefficients = (n / 2) + 1;
        team.Range(lines, V.Count, out nint from, out nint to);
        if (to <= from) return;
        var plan = FftPlan<T>.For(n);
        T* room = Room<V, T>(team, plan);
        for (nint first = from; first < to; first += V.Count)
        {
            nint count = Math.Min(V.Count, to - first);
            NativeMemory.Clear(room, (nuint)(2 * n * sizeof(V)));
            for (nint k = 0; k < n; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = x + Start(first + lane, n, inner), target = room + lane;
                    for (nint j = k; j < Math.Min(n, k + Block); j++) target[2 * j * V.Count] = source[j * inner];
                }
            T* result = (T*)plan.Run((V*)room);
            for (nint k = 0; k < coefficients; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = y + (2 * Start(first + lane, coefficients, inner)), source = result + lane;
                    for (nint j = k; j < Math.Min(coefficients, k + Block); j++)
                    {
                        T weight = Weight<T>(j, n, doubled);
                        target[2 * j * inner] = weight * source[2 * j * V.Count];
                        target[(2 * j * inner) + 1] = IsReal(j, n) ? T.Zero : weight * source[((2 * j) + 1) * V.Count];
                    }
                }
        }
        GC.KeepAlive(plan);
    }

    /// <summary>
    /// x[j] = Re Σ c[k] y[k] e^(2πi jk / n) over the first n/2 + 1 coefficients y [outer, n/2 + 1, inner, 2] → x [outer, n, inner], where c is 1, or doubled 2 for those whose
    /// conjugates are left out. Every member of the team calls it; no barrier at the end.
    /// </summary>
    public static void RealTranspose<V, T>(Team team, in LineShape shape, bool doubled, T* y, T* x)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Length, inner = shape.Inner, lines = shape.Outer * inner, coefficients = (n / 2) + 1;
        team.Range(lines, V.Count, out nint from, out nint to);
        if (to <= from) return;
        var plan = FftPlan<T>.For(n);
        T* room = Room<V, T>(team, plan);
        for (nint first = from; first < to; first += V.Count)
        {
            nint count = Math.Min(V.Count, to - first);
            NativeMemory.Clear(room, (nuint)(2 * n * sizeof(V)));
            for (nint k = 0; k < coefficients; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = y + (2 * Start(first + lane, coefficients, inner)), target = room + lane;
                    // The parts in each other's place, for the inverse.
                    for (nint j = k; j < Math.Min(coefficients, k + Block); j++)
                    {
                        T weight = Weight<T>(j, n, doubled);
                        target[((2 * j) + 1) * V.Count] = weight * source[2 * j * inner];
                        target[2 * j * V.Count] = IsReal(j, n) ? T.Zero : weight * source[(2 * j * inner) + 1];
                    }
                }
            T* result = (T*)plan.Run((V*)room);
            for (nint k = 0; k < n; k += Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = x + Start(first + lane, n, inner), source = result + lane;
                    for (nint j = k; j < Math.Min(n, k + Block); j++) target[j * inner] = source[((2 * j) + 1) * V.Count];
                }
        }
        GC.KeepAlive(plan);
    }

    static T* Room<V, T>(Team team, FftPlan<T> plan)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> => (T*)team.Scratch(plan.Room * sizeof(V));

    // Where a line begins, in elements of the axis.
    static nint Start(nint line, nint length, nint inner) => (line / inner * length * inner) + (line % inner);

    // The coefficients that are their own conjugates: of real numbers they are real.
    static bool IsReal(nint k, nint n) => k == 0 || 2 * k == n;

    static T Weight<T>(nint k, nint n, bool doubled) where T : unmanaged, IFloatingPointIeee754<T> => doubled && !IsReal(k, n) ? T.One + T.One : T.One;
}
