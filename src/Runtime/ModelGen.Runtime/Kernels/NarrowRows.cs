using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Products of one or two rows with a matrix of 16-bit numbers: they take as long as the matrix takes to arrive from memory, so it is widened in registers.
/// </summary>
static unsafe class NarrowRows
{
    /// <summary>More rows than this are worth a widened copy of the matrix.</summary>
    internal const int Most = 2;

    // Eight running sums hide the latency of their additions.
    const int Vectors = 8;

    /// <summary>C = A B for up to <see cref="Most"/> rows; B has its columns side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<V, T, TA, TB, E>(Team team, in MatMulShape shape, TA* a, TB* b, T* c, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TA : unmanaged
        where TB : unmanaged
        where E : struct, IEpilogue
    {
        nint width = Vectors * V.Count, tiles = (shape.N + width - 1) / width;
        team.Range(shape.Batch * tiles, 1, out nint from, out nint to);
        bool isWide = typeof(TA) == typeof(T);
        T* widened = (T*)team.Scratch(isWide ? 0 : Most * shape.K * sizeof(T));
        nint present = -1;
        for (; from < to; from++)
        {
            nint batch = from / tiles, column = (from - batch * tiles) * width, columns = Math.Min(width, shape.N - column);
            TA* rows = a + batch * shape.ABatch;
            // The same rows serve many tiles.
            if (!isWide && batch != present)
            {
                MatMul.WidenBlock<V, T, TA>(rows, shape.ARow, shape.AColumn, shape.M, shape.K, widened);
                present = batch;
            }
            for (nint m = 0; m < shape.M; m++)
            {
                T* left = isWide ? (T*)(rows + m * shape.ARow) : widened + m * shape.K;
                Tile<V, T, TB>(left, isWide ? shape.AColumn : 1, shape.K, b + batch * shape.BBatch + column, shape.BRow, columns, c + batch * shape.CBatch + m * shape.CRow + column);
            }
            epilogue.Apply(batch, 0, shape.M, column, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<V, T, TB>(T* a, nint aColumn, nint depth, TB* b, nint bRow, nint columns, T* c)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TB : unmanaged
    {
        if (columns == Vectors * V.Count)
        {
            V s0 = V.Zero, s1 = V.Zero, s2 = V.Zero, s3 = V.Zero, s4 = V.Zero, s5 = V.Zero, s6 = V.Zero, s7 = V.Zero;
            for (nint k = 0; k < depth; k++, a += aColumn, b += bRow)
            {
                V x = V.Create(*a);
                s0 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b), s0);
                s1 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + V.Count), s1);
                s2 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 2 * V.Count), s2);
                s3 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 3 * V.Count), s3);
                s4 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 4 * V.Count), s4);
                s5 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 5 * V.Count), s5);
                s6 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 6 * V.Count), s6);
                s7 = V.MultiplyAdd(x, Narrow.Load<V, TB>(b + 7 * V.Count), s7);
            }
            s0.Store(c);
            s1.Store(c + V.Count);
            s2.Store(c + 2 * V.Count);
            s3.Store(c + 3 * V.Count);
            s4.Store(c + 4 * V.Count);
            s5.Store(c + 5 * V.Count);
            s6.Store(c + 6 * V.Count);
            s7.Store(c + 7 * V.Count);
            return;
        }
        nint j = 0;
        for (; j <= columns - V.Count; j += V.Count)
        {
            V sum = V.Zero;
            for (nint k = 0; k < depth; k++) sum = V.MultiplyAdd(V.Create(a[k * aColumn]), Narrow.Load<V, TB>(b + k * bRow + j), sum);
            sum.Store(c + j);
        }
        if (j == columns) return;
        // The last columns: no byte behind a row is touched.
        nint left = columns - j;
        float* last = stackalloc float[V.Count];
        new Span<float>(last, V.Count).Clear();
        V rest = V.Zero;
        for (nint k = 0; k < depth; k++)
        {
            for (nint i = 0; i < left; i++) last[i] = Narrow.Widen(b[k * bRow + j + i]);
            rest = V.MultiplyAdd(V.Create(a[k * aColumn]), V.Load((T*)last), rest);
        }
        rest.StorePartial(c + j, left);
    }
}
