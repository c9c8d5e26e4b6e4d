using System.Numerics;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// One pass of a Fourier transform: of <paramref name="radix"/> · <paramref name="count"/> elements that stand <paramref name="stride"/> apart, those that have the same place in each of
/// <paramref name="radix"/> parts are transformed and turned. The lines of a group stand side by side in the lanes of vectors, so nothing is ever shuffled.
/// </summary>
/// <param name="radix">How many parts.</param>
/// <param name="count">Elements of a part.</param>
/// <param name="stride">How many transforms there are side by side.</param>
/// <param name="turned">Where the roots begin by which results are turned, radix - 1 for each place in a part.</param>
/// <param name="own">Of a radix without a formula of its own: where its roots begin.</param>
readonly unsafe struct FftPass<T>(int radix, nint count, nint stride, nint turned, nint own) where T : unmanaged, IFloatingPointIeee754<T>
{
    static readonly T half = T.CreateTruncating(0.5), sin60 = T.CreateTruncating(Math.Sin(Math.PI / 3));
    static readonly T cos72 = T.CreateTruncating(Math.Cos(2 * Math.PI / 5)), sin72 = T.CreateTruncating(Math.Sin(2 * Math.PI / 5));
    static readonly T cos144 = T.CreateTruncating(Math.Cos(4 * Math.PI / 5)), sin144 = T.CreateTruncating(Math.Sin(4 * Math.PI / 5));

    /// <summary>From one room into another; <paramref name="held"/> has room for 2 · radix vectors.</summary>
    internal void Run<V>(V* from, V* to, V* held, T* roots) where V : unmanaged, ISimd<V, T>
    {
        nint apart = 2 * stride * count, next = 2 * stride;
        for (nint p = 0; p < count; p++)
        {
            V* x = from + (p * next), y = to + (p * radix * next);
            // At the first place nothing is turned.
            T* w = p == 0 ? null : roots + turned + (2 * p * (radix - 1));
            switch (radix)
            {
                case 1: Copy(x, y, next); break;
                case 2: Two(x, y, apart, next, w); break;
                case 3: Three(x, y, apart, next, w); break;
                case 4: Four(x, y, apart, next, w); break;
                case 5: Five(x, y, apart, next, w); break;
                default: Any(x, y, apart, next, w, held, roots + own); break;
            }
        }
    }

    static void Copy<V>(V* x, V* y, nint count) where V : unmanaged, ISimd<V, T>
    {
        for (nint q = 0; q < count; q++) y[q] = x[q];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Two<V>(V* x, V* y, nint apart, nint next, T* w) where V : unmanaged, ISimd<V, T>
    {
        for (nint q = 0; q < next; q += 2)
        {
            V ar = x[q], ai = x[q + 1], br = x[apart + q], bi = x[apart + q + 1];
            y[q] = ar + br;
            y[q + 1] = ai + bi;
            Put(ar - br, ai - bi, w, 0, y + next + q);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Three<V>(V* x, V* y, nint apart, nint next, T* w) where V : unmanaged, ISimd<V, T>
    {
        V h = V.Create(half), s = V.Create(sin60);
        for (nint q = 0; q < next; q += 2)
        {
            V ar = x[q], ai = x[q + 1], br = x[apart + q], bi = x[apart + q + 1], cr = x[(2 * apart) + q], ci = x[(2 * apart) + q + 1];
            V tr = br + cr, ti = bi + ci, vr = (br - cr) * s, vi = (bi - ci) * s;
            V ur = V.MultiplyAdd(-h, tr, ar), ui = V.MultiplyAdd(-h, ti, ai);
            y[q] = ar + tr;
            y[q + 1] = ai + ti;
            Put(ur + vi, ui - vr, w, 0, y + next + q);
            Put(ur - vi, ui + vr, w, 1, y + (2 * next) + q);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four<V>(V* x, V* y, nint apart, nint next, T* w) where V : unmanaged, ISimd<V, T>
    {
        for (nint q = 0; q < next; q += 2)
        {
            V* b = x + apart, c = b + apart, d = c + apart;
            V sr = x[q] + c[q], si = x[q + 1] + c[q + 1], tr = x[q] - c[q], ti = x[q + 1] - c[q + 1];
            V ur = b[q] + d[q], ui = b[q + 1] + d[q + 1], vr = b[q] - d[q], vi = b[q + 1] - d[q + 1];
            y[q] = sr + ur;
            y[q + 1] = si + ui;
            Put(tr + vi, ti - vr, w, 0, y + next + q);
            Put(sr - ur, si - ui, w, 1, y + (2 * next) + q);
            Put(tr - vi, ti + vr, w, 2, y + (3 * next) + q);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Five<V>(V* x, V* y, nint apart, nint next, T* w) where V : unmanaged, ISimd<V, T>
    {
        V c1 = V.Create(cos72), c2 = V.Create(cos144), s1 = V.Create(sin72), s2 = V.Create(sin144);
        for (nint q = 0; q < next; q += 2)
        {
            V* b = x + apart, c = b + apart, d = c + apart, e = d + apart;
            V ar = x[q], ai = x[q + 1];
            V tr = b[q] + e[q], ti = b[q + 1] + e[q + 1], ur = c[q] + d[q], ui = c[q + 1] + d[q + 1];
            V vr = b[q] - e[q], vi = b[q + 1] - e[q + 1], zr = c[q] - d[q], zi = c[q + 1] - d[q + 1];
            V mr = V.MultiplyAdd(c2, ur, V.MultiplyAdd(c1, tr, ar)), mi = V.MultiplyAdd(c2, ui, V.MultiplyAdd(c1, ti, ai));
            V nr = V.MultiplyAdd(c1, ur, V.MultiplyAdd(c2, tr, ar)), ni = V.MultiplyAdd(c1, ui, V.MultiplyAdd(c2, ti, ai));
            V pr = V.MultiplyAdd(s2, zr, s1 * vr), pi = V.MultiplyAdd(s2, zi, s1 * vi);
            V kr = V.MultiplyAdd(-s1, zr, s2 * vr), ki = V.MultiplyAdd(-s1, zi, s2 * vi);
            y[q] = ar + tr + ur;
            y[q + 1] = ai + ti + ui;
            Put(mr + pi, mi - pr, w, 0, y + next + q);
            Put(nr + ki, ni - kr, w, 1, y + (2 * next) + q);
            Put(nr - ki, ni + kr, w, 2, y + (3 * next) + q);
            Put(mr - pi, mi + pr, w, 3, y + (4 * next) + q);
        }
    }

    // Of a prime: elements j and radix - j together, since their roots are conjugates.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Any<V>(V* x, V* y, nint apart, nint next, T* w, V* held, T* root) where V : unmanaged, ISimd<V, T>
    {
        int middle = radix / 2;
        for (nint q = 0; q < next; q += 2)
        {
            V ar = x[q], ai = x[q + 1], totalR = ar, totalI = ai;
            for (int j = 1; j <= middle; j++)
            {
                V* a = x + (j * apart) + q, b = x + ((radix - j) * apart) + q;
                V sr = a[0] + b[0], si = a[1] + b[1];
                (totalR, totalI) = (totalR + sr, totalI + si);
                V* pair = held + (4 * (j - 1));
                (pair[0], pair[1], pair[2], pair[3]) = (sr, si, a[0] - b[0], a[1] - b[1]);
            }
            y[q] = totalR;
            y[q + 1] = totalI;
            for (int k = 1; k <= middle; k++)
            {
                V ur = ar, ui = ai, vr = V.Zero, vi = V.Zero;
                for (int j = 1, turn = k; j <= middle; j++, turn = (turn + k) % radix)
                {
                    V* pair = held + (4 * (j - 1));
                    V cos = V.Create(root[2 * turn]), sin = V.Create(root[(2 * turn) + 1]);
                    ur = V.MultiplyAdd(cos, pair[0], ur);
                    ui = V.MultiplyAdd(cos, pair[1], ui);
                    vr = V.MultiplyAdd(sin, pair[2], vr);
                    vi = V.MultiplyAdd(sin, pair[3], vi);
                }
                Put(ur - vi, ui + vr, w, k - 1, y + (k * next) + q);
                Put(ur + vi, ui - vr, w, radix - k - 1, y + ((radix - k) * next) + q);
            }
        }
    }

    // Turned by a root, where there are any.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<V>(V re, V im, T* w, int root, V* target) where V : unmanaged, ISimd<V, T>
    {
        if (w != null) Turn(re, im, w + (2 * root), target);
        else (target[0], target[1]) = (re, im);
    }

    /// <summary>The product with a complex number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Turn<V>(V re, V im, T* w, V* target) where V : unmanaged, ISimd<V, T>
    {
        V cos = V.Create(w[0]), sin = V.Create(w[1]);
        target[0] = V.MultiplyAdd(re, cos, -(im * sin));
        target[1] = V.MultiplyAdd(re, sin, im * cos);
    }
}
