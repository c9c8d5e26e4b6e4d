using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelGen.Execution;

/// <summary>
/// Stores the first lanes of a vector by halves, in at most four steps. A masked store would be one instruction, but on AMD processors before
/// Zen 4 it takes as long as dozens of others.
/// </summary>
static unsafe class PartialStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Vector256<float> v, float* destination, nint count)
    {
        if (count >= Vector256<float>.Count) v.Store(destination);
        else if (count > 0) Halves(v, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Vector128<float> v, float* destination, nint count)
    {
        if (count >= Vector128<float>.Count) v.Store(destination);
        else if (count > 0) Halves(v, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Vector256<double> v, double* destination, nint count)
    {
        if (count >= Vector256<double>.Count) v.Store(destination);
        else if (count > 0) Halves(v, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Vector128<double> v, double* destination, nint count)
    {
        if (count >= Vector128<double>.Count) v.Store(destination);
        else if (count > 0) *destination = v.ToScalar();
    }

    static void Halves(Vector256<float> v, float* destination, nint count)
    {
        Vector128<float> half = v.GetLower();
        if ((count & 4) != 0)
        {
            half.Store(destination);
            destination += 4;
            half = v.GetUpper();
        }
        if ((count & 3) != 0) Halves(half, destination, count & 3);
    }

    static void Halves(Vector128<float> v, float* destination, nint count)
    {
        if ((count & 2) != 0)
        {
            *(long*)destination = v.AsInt64().ToScalar();
            destination += 2;
            v = Vector128.Shuffle(v, Vector128.Create(2, 3, 2, 3));
        }
        if ((count & 1) != 0) *destination = v.ToScalar();
    }

    static void Halves(Vector256<double> v, double* destination, nint count)
    {
        Vector128<double> half = v.GetLower();
        if ((count & 2) != 0)
        {
            half.Store(destination);
            destination += 2;
            half = v.GetUpper();
        }
        if ((count & 1) != 0) *destination = half.ToScalar();
    }
}
