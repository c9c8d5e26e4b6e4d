using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelGen.Execution;

/// <summary>Transposes matrices, in blocks that fit the registers.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Transposition
{
    /// <summary>
    /// destination[c, r] = source[r, c] for <paramref name="rows"/> x <paramref name="columns"/> elements; both are contiguous along
    /// their rows, which lie <paramref name="sourceRow"/> and <paramref name="destinationRow"/> elements apart.
    /// </summary>
    /// <param name="source">The matrix.</param>
    /// <param name="sourceRow">From one of its rows to the next.</param>
    /// <param name="destination">The transposed matrix; does not overlap the other.</param>
    /// <param name="destinationRow">From one of its rows to the next.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Run<T>(T* source, nint sourceRow, T* destination, nint destinationRow, nint rows, nint columns)
        where T : unmanaged
    {
        nint block = sizeof(T) == 4 && Avx.IsSupported ? 8 : sizeof(T) == 8 && Avx.IsSupported ? 4 : 0;
        nint r = 0;
        if (block != 0)
        {
            for (; r + block <= rows; r += block)
            {
                nint c = 0;
                for (; c + block <= columns; c += block)
                {
                    if (sizeof(T) == 4)
                        Block8((float*)(source + r * sourceRow + c), sourceRow, (float*)(destination + c * destinationRow + r), destinationRow);
                    else
                        Block4((double*)(source + r * sourceRow + c), sourceRow, (double*)(destination + c * destinationRow + r), destinationRow);
                }
                for (; c < columns; c++)
                    for (nint i = r; i < r + block; i++)
                        destination[c * destinationRow + i] = source[i * sourceRow + c];
            }
        }
        for (; r < rows; r++)
            for (nint c = 0; c < columns; c++)
                destination[c * destinationRow + r] = source[r * sourceRow + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Block8(float* s, nint sRow, float* d, nint dRow)
    {
        // Rows 0-3 beside rows 4-7 in the two halves of each register, so that only in-lane shuffles are left to do.
        Vector256<float> a0 = Halves(s, s + 4 * sRow), a1 = Halves(s + sRow, s + 5 * sRow);
        Vector256<float> a2 = Halves(s + 2 * sRow, s + 6 * sRow), a3 = Halves(s + 3 * sRow, s + 7 * sRow);
        Vector256<float> b0 = Halves(s + 4, s + 4 * sRow + 4), b1 = Halves(s + sRow + 4, s + 5 * sRow + 4);
        Vector256<float> b2 = Halves(s + 2 * sRow + 4, s + 6 * sRow + 4), b3 = Halves(s + 3 * sRow + 4, s + 7 * sRow + 4);
        Quarter(a0, a1, a2, a3, d, dRow);
        Quarter(b0, b1, b2, b3, d + 4 * dRow, dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Halves(float* low, float* high) => Vector256.Create(Vector128.Load(low), Vector128.Load(high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarter(Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* d, nint dRow)
    {
        Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble(), high01 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble(), high23 = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(d);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(d + dRow);
        Avx.UnpackLow(high01, high23).AsSingle().Store(d + 2 * dRow);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(d + 3 * dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Block4(double* s, nint sRow, double* d, nint dRow)
    {
        Vector256<double> r0 = Vector256.Create(Vector128.Load(s), Vector128.Load(s + 2 * sRow));
        Vector256<double> r1 = Vector256.Create(Vector128.Load(s + sRow), Vector128.Load(s + 3 * sRow));
        Vector256<double> r2 = Vector256.Create(Vector128.Load(s + 2), Vector128.Load(s + 2 * sRow + 2));
        Vector256<double> r3 = Vector256.Create(Vector128.Load(s + sRow + 2), Vector128.Load(s + 3 * sRow + 2));
        Avx.UnpackLow(r0, r1).Store(d);
        Avx.UnpackHigh(r0, r1).Store(d + dRow);
        Avx.UnpackLow(r2, r3).Store(d + 2 * dRow);
        Avx.UnpackHigh(r2, r3).Store(d + 3 * dRow);
    }
}
