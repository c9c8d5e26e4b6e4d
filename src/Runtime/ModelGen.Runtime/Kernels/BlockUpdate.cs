using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// C -= A B for small blocks inside of matrices: what factorisations and triangular systems consist of. Every element of C is one running difference in ascending order of k, in
/// one lane, whatever the tile; so neither the place of a column nor the size of a team changes a bit.
/// </summary>
static unsafe class BlockUpdate
{
    /// <summary>How many rows or columns a factorisation takes at a time.</summary>
    internal const nint Block = 16;

    /// <summary>C[i, j] -= Σ A[i, k] B[k, j].</summary>
    /// <param name="a">A, of any strides.</param>
    /// <param name="aRow">From one row of A to the next, in elements.</param>
    /// <param name="aColumn">From one column of A to the next.</param>
    /// <param name="b">B, whose rows are contiguous.</param>
    /// <param name="bRow">From one row of B to the next.</param>
    /// <param name="c">C, whose rows are contiguous; it does not overlap A and B.</param>
    /// <param name="cRow">From one row of C to the next.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A and rows of B.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Subtract<V, T>(T* a, nint aRow, nint aColumn, T* b, nint bRow, T* c, nint cRow, nint rows, nint columns, nint depth)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (depth <= 0) return;
        nint i = 0;
        for (; i + 4 <= rows; i += 4) FourRows<V, T>(a + (i * aRow), aRow, aColumn, b, bRow, c + (i * cRow), cRow, columns, depth);
        for (; i < rows; i++) OneRow<V, T>(a + (i * aRow), aColumn, b, bRow, c + (i * cRow), columns, depth);
    }

    static void FourRows<V, T>(T* a, nint aRow, nint aColumn, T* b, nint bRow, T* c, nint cRow, nint columns, nint depth)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        T* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        nint j = 0;
        for (; j + (2 * V.Count) <= columns; j += 2 * V.Count)
        {
            V s00 = V.Load(c + j), s01 = V.Load(c + j + V.Count), s10 = V.Load(c1 + j), s11 = V.Load(c1 + j + V.Count);
            V s20 = V.Load(c2 + j), s21 = V.Load(c2 + j + V.Count), s30 = V.Load(c3 + j), s31 = V.Load(c3 + j + V.Count);
            T* left = a, right = b + j;
            for (nint k = 0; k < depth; k++, left += aColumn, right += bRow)
            {
                V r0 = V.Load(right), r1 = V.Load(right + V.Count);
                V l0 = -V.Create(left[0]), l1 = -V.Create(left[aRow]), l2 = -V.Create(left[2 * aRow]), l3 = -V.Create(left[3 * aRow]);
                s00 = V.MultiplyAdd(l0, r0, s00);
                s01 = V.MultiplyAdd(l0, r1, s01);
                s10 = V.MultiplyAdd(l1, r0, s10);
                s11 = V.MultiplyAdd(l1, r1, s11);
                s20 = V.MultiplyAdd(l2, r0, s20);
                s21 = V.MultiplyAdd(l2, r1, s21);
                s30 = V.MultiplyAdd(l3, r0, s30);
                s31 = V.MultiplyAdd(l3, r1, s31);
            }
            s00.Store(c + j);
            s01.Store(c + j + V.Count);
            s10.Store(c1 + j);
            s11.Store(c1 + j + V.Count);
            s20.Store(c2 + j);
            s21.Store(c2 + j + V.Count);
            s30.Store(c3 + j);
            s31.Store(c3 + j + V.Count);
        }
        for (; j < columns; j += V.Count)
        {
            nint count = Math.Min(V.Count, columns - j);
            V s0 = V.LoadPartial(c + j, count), s1 = V.LoadPartial(c1 + j, count), s2 = V.LoadPartial(c2 + j, count), s3 = V.LoadPartial(c3 + j, count);
            T* left = a, right = b + j;
            for (nint k = 0; k < depth; k++, left += aColumn, right += bRow)
            {
                V r = V.LoadPartial(right, count);
                s0 = V.MultiplyAdd(-V.Create(left[0]), r, s0);
                s1 = V.MultiplyAdd(-V.Create(left[aRow]), r, s1);
                s2 = V.MultiplyAdd(-V.Create(left[2 * aRow]), r, s2);
                s3 = V.MultiplyAdd(-V.Create(left[3 * aRow]), r, s3);
            }
            s0.StorePartial(c + j, count);
            s1.StorePartial(c1 + j, count);
            s2.StorePartial(c2 + j, count);
            s3.StorePartial(c3 + j, count);
        }
    }

    static void OneRow<V, T>(T* a, nint aColumn, T* b, nint bRow, T* c, nint columns, nint depth)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint j = 0; j < columns; j += V.Count)
        {
            nint count = Math.Min(V.Count, columns - j);
            V sum = V.LoadPartial(c + j, count);
            T* left = a, right = b + j;
            for (nint k = 0; k < depth; k++, left += aColumn, right += bRow) sum = V.MultiplyAdd(-V.Create(*left), V.LoadPartial(right, count), sum);
            sum.StorePartial(c + j, count);
        }
    }

    /// <summary>Divides so many neighbours by one number.</summary>
    internal static void Divide<V, T>(T* x, nint count, T by)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V divisor = V.Create(by);
        for (nint j = 0; j < count; j += V.Count) (V.LoadPartial(x + j, count - j) / divisor).StorePartial(x + j, count - j);
    }
}
