using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Discrete Fourier transforms of real numbers along an axis, of every size. An even number of them is transformed as half as many complex ones, whose coefficients are then taken
/// apart (J. W. Cooley, P. Lewis and P. Welch, 1970); an odd number with imaginary parts of 0.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RealFft
{
    /// <summary>
    /// The first n/2 + 1 coefficients of lines x [outer, n, inner] → y [outer, n/2 + 1, inner, 2]; doubled, those count twice whose conjugates are left out. Every member of the team
    /// calls it and computes some lines; no barrier at the end.
    /// </summary>
    public static void Run<V, T>(Team team, in LineShape shape, bool doubled, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        => LineTransform.Run<V, T, Forward>(team, shape.Outer * shape.Inner, PlanSize(shape.Length), new Forward(shape.Length, shape.Inner, doubled, x, y));

    /// <summary>
    /// x[j] = Re Σ c[k] y[k] e^(2πi jk / n) over the first n/2 + 1 coefficients y [outer, n/2 + 1, inner, 2] → x [outer, n, inner], where c is 1, or doubled 2 for those whose
    /// conjugates are left out. Every member of the team calls it and computes some lines; no barrier at the end.
    /// </summary>
    public static void Transpose<V, T>(Team team, in LineShape shape, bool doubled, T* y, T* x)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        => LineTransform.Run<V, T, Back>(team, shape.Outer * shape.Inner, PlanSize(shape.Length), new Back(shape.Length, shape.Inner, doubled, y, x));

    // An even number of real numbers is transformed as half as many complex ones.
    static nint PlanSize(nint n) => n % 2 == 0 ? n / 2 : n;

    // The coefficients that are their own conjugates: of real numbers they are real.
    static bool IsReal(nint k, nint n) => k == 0 || 2 * k == n;

    // Of an even number both of these stand in the first place: the one in the middle where an imaginary part would be.
    static nint Place(nint k) => k == 0 ? 0 : 1;

    // From the transform Z of x[2j] + i x[2j + 1]: with E and O, those of the even and of the odd elements, X[k] = E[k] + w O[k] and X[h - k] is the conjugate of E[k] - w O[k].
    static void TakeApart<V, T>(V* z, FftPlan<T> plan)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint half = plan.Length;
        T* root = plan.Splitting;
        V share = V.FromDouble(0.5), sum = z[0] + z[1];
        z[1] = z[0] - z[1];
        z[0] = sum;
        V* o = stackalloc V[2];
        for (nint k = 1; k <= half / 2; k++)
        {
            V* low = z + (2 * k), high = z + (2 * (half - k));
            V er = (low[0] + high[0]) * share, ei = (low[1] - high[1]) * share;
            // -i/2 (Z[k] - the conjugate of Z[h - k]).
            FftPass<T>.Turn((low[1] + high[1]) * share, (high[0] - low[0]) * share, root + (2 * k), o);
            high[0] = er - o[0];
            high[1] = o[1] - ei;
            low[0] = er + o[0];
            low[1] = ei + o[1];
        }
    }

    // The way back, which ends with real and imaginary parts in each other's place: Z[k] = E[k] + i O[k], where E and O are sum and difference of X[k] and the conjugate of X[h - k],
    // and the difference is turned back.
    static void PutTogether<V, T>(V* z, FftPlan<T> plan)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint half = plan.Length;
        T* root = plan.Splitting;
        V difference = z[0] - z[1];
        z[1] = z[0] + z[1];
        z[0] = difference;
        V* o = stackalloc V[2];
        for (nint k = 1; k <= half / 2; k++)
        {
            V* low = z + (2 * k), high = z + (2 * (half - k));
            V er = low[0] + high[0], ei = low[1] - high[1];
            // With the conjugate of the root: that of the product of the conjugate.
            FftPass<T>.Turn(low[0] - high[0], -(low[1] + high[1]), root + (2 * k), o);
            V turned = o[0], oi = -o[1];
            low[1] = er - oi;
            low[0] = ei + turned;
            high[1] = er + oi;
            high[0] = turned - ei;
        }
    }

    readonly struct Forward(nint n, nint inner, bool doubled, void* x, void* y) : ILineTransform
    {
        public void Run<V, T>(FftPlan<T> plan, T* room, nint first, nint count)
            where V : unmanaged, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            nint coefficients = (n / 2) + 1;
            bool even = n % 2 == 0;
            // Real numbers stand one behind another, or each in the place of a real part.
            nint apart = even ? V.Count : 2 * V.Count;
            T weight = doubled ? T.One + T.One : T.One;
            if (!even || count < V.Count) NativeMemory.Clear(room, (nuint)(2 * plan.Length * sizeof(V)));
            for (nint k = 0; k < n; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = (T*)x + LineTransform.Start(first + lane, n, inner), target = room + lane;
                    for (nint j = k; j < Math.Min(n, k + LineTransform.Block); j++) target[j * apart] = source[j * inner];
                }
            T* result = (T*)plan.Run((V*)room);
            if (even) TakeApart((V*)result, plan);
            for (nint k = 0; k < coefficients; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = (T*)y + (2 * LineTransform.Start(first + lane, coefficients, inner)), source = result + lane;
                    for (nint j = k; j < Math.Min(coefficients, k + LineTransform.Block); j++)
                    {
                        bool isReal = IsReal(j, n);
                        target[2 * j * inner] = isReal ? source[Place(j) * V.Count] : weight * source[2 * j * V.Count];
                        target[(2 * j * inner) + 1] = isReal ? T.Zero : weight * source[((2 * j) + 1) * V.Count];
                    }
                }
        }
    }

    readonly struct Back(nint n, nint inner, bool doubled, void* y, void* x) : ILineTransform
    {
        public void Run<V, T>(FftPlan<T> plan, T* room, nint first, nint count)
            where V : unmanaged, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            nint coefficients = (n / 2) + 1;
            bool even = n % 2 == 0;
            // Of an even number a coefficient stands for itself and its conjugate, with half of the weight each. Of an odd one it stands alone, and the real part is taken at the end.
            T weight = T.CreateTruncating((doubled ? 2.0 : 1.0) / (even ? 2 : 1));
            nint re = even ? 0 : 1, im = 1 - re;
            if (!even || count < V.Count) NativeMemory.Clear(room, (nuint)(2 * plan.Length * sizeof(V)));
            for (nint k = 0; k < coefficients; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* source = (T*)y + (2 * LineTransform.Start(first + lane, coefficients, inner)), target = room + lane;
                    for (nint j = k; j < Math.Min(coefficients, k + LineTransform.Block); j++)
                        if (IsReal(j, n))
                        {
                            target[(even ? Place(j) : re) * V.Count] = source[2 * j * inner];
                        }
                        else
                        {
                            target[((2 * j) + re) * V.Count] = weight * source[2 * j * inner];
                            target[((2 * j) + im) * V.Count] = weight * source[(2 * j * inner) + 1];
                        }
                }
            if (even) PutTogether((V*)room, plan);
            // With real and imaginary parts in each other's place the transform is the inverse one.
            T* result = (T*)plan.Run((V*)room);
            for (nint k = 0; k < n; k += LineTransform.Block)
                for (nint lane = 0; lane < count; lane++)
                {
                    T* target = (T*)x + LineTransform.Start(first + lane, n, inner), source = result + lane;
                    for (nint j = k; j < Math.Min(n, k + LineTransform.Block); j++) target[j * inner] = source[(even ? j ^ 1 : (2 * j) + 1) * V.Count];
                }
        }
    }
}
