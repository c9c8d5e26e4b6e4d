using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Matrix times vector: rows of A are contiguous, so every element of C is a dot product of two rows.</summary>
static unsafe class MatVec
{
    // The work of a thread's smallest share, and of what an epilogue is called on.
    const nint RowGrain = 64;

    /// <summary>C[b, m] = sum of A[b, m, k] B[b, k]; a sum is Count running sums over k, added in a fixed order.</summary>
    internal static void Run<V, T, E>(Team team, in MatMulShape shape, T* a, T* b, T* c, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        nint units = (shape.M + RowGrain - 1) / RowGrain;
        team.Range(shape.Batch * units, 1, out nint from, out nint to);
        for (nint unit = from; unit < to; unit++)
        {
            nint batch = unit / units, row = unit % units * RowGrain, rows = Math.Min(RowGrain, shape.M - row);
            T* vector = b + batch * shape.BBatch;
            if (shape.BRow != 1)
            {
                T* copy = (T*)team.Scratch(shape.K * sizeof(T));
                for (nint k = 0; k < shape.K; k++)
                    copy[k] = vector[k * shape.BRow];
                vector = copy;
            }
            Rows<V, T>(a + batch * shape.ABatch + row * shape.ARow, shape.ARow, vector, c + batch * shape.CBatch + row * shape.CRow,
                shape.CRow, rows, shape.K);
            epilogue.Apply(batch, row, rows, 0, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Rows<V, T>(T* a, nint aRow, T* b, T* c, nint cRow, nint rows, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint whole = count / V.Count * V.Count;
        nint m = 0;
        // Every row sums alone and alike, four at a time only for speed.
        for (; m + 4 <= rows; m += 4, a += 4 * aRow)
        {
            V s0 = V.Zero, s1 = V.Zero, s2 = V.Zero, s3 = V.Zero;
            for (nint k = 0; k < whole; k += V.Count)
            {
                V x = V.Load(b + k);
                s0 = V.MultiplyAdd(V.Load(a + k), x, s0);
                s1 = V.MultiplyAdd(V.Load(a + aRow + k), x, s1);
                s2 = V.MultiplyAdd(V.Load(a + 2 * aRow + k), x, s2);
                s3 = V.MultiplyAdd(V.Load(a + 3 * aRow + k), x, s3);
            }
            if (whole < count)
            {
                V x = V.LoadPartial(b + whole, count - whole);
                s0 = V.MultiplyAdd(V.LoadPartial(a + whole, count - whole), x, s0);
                s1 = V.MultiplyAdd(V.LoadPartial(a + aRow + whole, count - whole), x, s1);
                s2 = V.MultiplyAdd(V.LoadPartial(a + 2 * aRow + whole, count - whole), x, s2);
                s3 = V.MultiplyAdd(V.LoadPartial(a + 3 * aRow + whole, count - whole), x, s3);
            }
            c[m * cRow] = V.Sum(s0);
            c[(m + 1) * cRow] = V.Sum(s1);
            c[(m + 2) * cRow] = V.Sum(s2);
            c[(m + 3) * cRow] = V.Sum(s3);
        }
        for (; m < rows; m++, a += aRow)
        {
            V sum = V.Zero;
            for (nint k = 0; k < whole; k += V.Count)
                sum = V.MultiplyAdd(V.Load(a + k), V.Load(b + k), sum);
            if (whole < count)
                sum = V.MultiplyAdd(V.LoadPartial(a + whole, count - whole), V.LoadPartial(b + whole, count - whole), sum);
            c[m * cRow] = V.Sum(sum);
        }
    }
}
