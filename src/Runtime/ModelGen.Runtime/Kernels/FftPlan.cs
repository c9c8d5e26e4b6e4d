using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// How the Fourier transform of one size is computed, with all roots of one that it needs, from double precision: passes of radix 2, 3, 4, 5 and of small primes (the
/// self-sorting form of T. G. Stockham, 1966), or, where a prime factor is large, a convolution of a size that has none (L. I. Bluestein, 1970).
/// </summary>
sealed unsafe class FftPlan<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // A pass of radix r costs r multiplications for each element, Bluestein's convolution about 60.
    const int LargestRadix = 31;

    // So that a program which transforms sequences of every length does not keep roots for all of them.
    const int MostPlans = 512;

    static readonly ConcurrentDictionary<nint, FftPlan<T>> plans = new();

    readonly FftPass<T>[] passes;
    readonly T[] roots;
    readonly Bluestein? convolution;
    readonly T[] splitting;
    readonly int largest;

    FftPlan(nint length)
    {
        Length = length;
        var quarter = new List<T>();
        for (nint k = 0; k <= length / 2; k++) AddRoot(quarter, 2 * length, k);
        splitting = Pinned(quarter);
        var radices = Radices(length);
        if (radices[^1] > LargestRadix)
        {
            convolution = new Bluestein(length);
            (passes, roots) = ([], []);
            return;
        }
        // The odd ones first: then the coefficient in the middle of an even size meets no root but ±1.
        radices = [.. radices.Where(r => r % 2 != 0), .. radices.Where(r => r == 4), .. radices.Where(r => r == 2)];
        largest = radices.Prepend(1).Max();
        passes = new FftPass<T>[radices.Length];
        var all = new List<T>();
        nint rest = length, stride = 1;
        for (int i = 0; i < passes.Length; i++)
        {
            int radix = radices[i];
            nint turned = all.Count;
            for (nint p = 0; p < rest / radix; p++)
                for (int j = 1; j < radix; j++) AddRoot(all, rest, p * j);
            nint own = all.Count;
            if (radix > 5)
                for (int j = 0; j < radix; j++) AddRoot(all, radix, j);
            passes[i] = new FftPass<T>(radix, rest / radix, stride, turned, own);
            (rest, stride) = (rest / radix, stride * radix);
        }
        roots = Pinned(all);
    }

    /// <summary>The size of the transform.</summary>
    internal nint Length { get; }

    /// <summary>e^(-πi k / n) for k = 0..n/2: what takes 2n real numbers apart that are transformed as n complex ones.</summary>
    internal T* Splitting => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(splitting, 0);

    /// <summary>The plan of a size, computed when it is first asked for.</summary>
    internal static FftPlan<T> For(nint length)
    {
        if (plans.TryGetValue(length, out var known)) return known;
        if (plans.Count >= MostPlans) plans.Clear();
        return plans.GetOrAdd(length, static n => new FftPlan<T>(n));
    }

    /// <summary>How many vectors <see cref="Run"/> needs, the numbers to transform included.</summary>
    internal nint Room => convolution is { } c ? c.Room : (4 * Length) + (2 * largest);

    /// <summary>Transforms as many lines as a vector has lanes: element i is the pair of vectors 2i and 2i + 1 of <paramref name="data"/>.</summary>
    /// <param name="data">The lines, with <see cref="Room"/> vectors in all; their contents are lost.</param>
    /// <returns>The result, somewhere in that room.</returns>
    internal V* Run<V>(V* data) where V : unmanaged, ISimd<V, T>
    {
        if (convolution is not null) return convolution.Run(data);
        V* from = data, to = data + (2 * Length), held = to + (2 * Length);
        T* root = (T*)Marshal.UnsafeAddrOfPinnedArrayElement(roots, 0);
        foreach (var pass in passes)
        {
            pass.Run(from, to, held, root);
            V* result = to;
            to = from;
            from = result;
        }
        return from;
    }

    /// <summary>Prime factors in ascending order, where two twos are a four; 1 has none and is itself.</summary>
    static int[] Radices(nint length)
    {
        if (length == 1) return [1];
        var radices = new List<int>();
        nint rest = length;
        for (; rest % 4 == 0; rest /= 4) radices.Add(4);
        for (nint prime = 2; rest > 1; prime++)
        {
            // No factor below its root: the rest is a prime.
            if (prime * prime > rest) prime = rest;
            for (; rest % prime == 0; rest /= prime) radices.Add((int)Math.Min(int.MaxValue, prime));
        }
        return [.. radices.Order()];
    }

    // e^(-2πi k / n), exact where it is ±1 or ±i.
    static void AddRoot(List<T> roots, nint n, nint k)
    {
        k %= n;
        var (re, im) = 4 * k % n == 0 ? (4 * k / n) switch { 0 => (1, 0), 1 => (0, -1), 2 => (-1, 0), _ => (0, 1) } : (Math.Cos(-2 * Math.PI * k / n), Math.Sin(-2 * Math.PI * k / n));
        roots.Add(T.CreateTruncating(re));
        roots.Add(T.CreateTruncating(im));
    }

    // Pinned for good: kernels hold pointers.
    static T[] Pinned(List<T> values)
    {
        var array = GC.AllocateUninitializedArray<T>(Math.Max(1, values.Count), pinned: true);
        values.CopyTo(array);
        return array;
    }

    /// <summary>
    /// jk = (j² + k² - (k - j)²) / 2: so the transform is a convolution with e^(πi j² / n), which transforms of a power of two compute.
    /// </summary>
    sealed class Bluestein
    {
        readonly nint length;
        readonly FftPlan<T> inner;
        readonly T[] chirp, spectrum;

        public Bluestein(nint length)
        {
            this.length = length;
            nint size = (nint)BitOperations.RoundUpToPowerOf2((nuint)((2 * length) - 1));
            inner = For(size);
            var own = new List<T>();
            // j² mod 2n keeps the angle small, and so exact.
            for (nint j = 0; j < length; j++) AddRoot(own, 2 * length, (nint)((Int128)j * j % (2 * length)));
            chirp = Pinned(own);

            var plan = FftPlan<double>.For(size);
            double* filter = (double*)NativeMemory.AllocZeroed((nuint)(plan.Room * sizeof(double)));
            try
            {
                for (nint j = 0; j < length; j++)
                {
                    double angle = Math.PI * (double)((Int128)j * j % (2 * length)) / length;
                    foreach (nint at in (ReadOnlySpan<nint>)[j, (size - j) % size]) (filter[2 * at], filter[(2 * at) + 1]) = (Math.Cos(angle), Math.Sin(angle));
                }
                double* transformed = (double*)plan.Run((F64x1*)filter);
                // Divided by the size here, which the way back would have to do.
                var values = new List<T>();
                for (nint i = 0; i < 2 * size; i++) values.Add(T.CreateTruncating(transformed[i] / size));
                spectrum = Pinned(values);
            }
            finally
            {
                NativeMemory.Free(filter);
            }
        }

        public nint Room => inner.Room;

        public V* Run<V>(V* data) where V : unmanaged, ISimd<V, T>
        {
            nint size = inner.Length;
            T* own = (T*)Marshal.UnsafeAddrOfPinnedArrayElement(chirp, 0), filter = (T*)Marshal.UnsafeAddrOfPinnedArrayElement(spectrum, 0);
            for (nint j = 0; j < length; j++) FftPass<T>.Turn(data[2 * j], data[(2 * j) + 1], own + (2 * j), data + (2 * j));
            for (nint j = 2 * length; j < 2 * size; j++) data[j] = V.Zero;
            V* forwards = inner.Run(data);
            // Back by the same transform: it is the inverse when real and imaginary parts change places before and after it.
            for (nint k = 0; k < size; k++)
            {
                FftPass<T>.Turn(forwards[2 * k], forwards[(2 * k) + 1], filter + (2 * k), forwards + (2 * k));
                (forwards[2 * k], forwards[(2 * k) + 1]) = (forwards[(2 * k) + 1], forwards[2 * k]);
            }
            if (forwards != data) new ReadOnlySpan<V>(forwards, checked((int)(2 * size))).CopyTo(new Span<V>(data, checked((int)(2 * size))));
            V* result = inner.Run(data);
            for (nint k = 0; k < length; k++) FftPass<T>.Turn(result[(2 * k) + 1], result[2 * k], own + (2 * k), result + (2 * k));
            return result;
        }
    }
}
