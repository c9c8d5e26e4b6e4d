using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>Systems of equations with triangular matrices.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class TriangularSystem
{
    // What a thread takes at least, in multiply-adds.
    const nint Grain = 4096;

    /// <summary>
    /// The solutions x of T x = b or Tᵀ x = b, where T is a triangle of each matrix a [batch, n, n]; b and x [batch, n, m]. A zero on the diagonal makes the solutions of that matrix NaN.
    /// Matrices and blocks of right sides are divided among the team: no bit depends on how. Every member calls it; no barrier at the end.
    /// </summary>
    public static void Run<V, T>(Team team, in SystemShape shape, bool upper, bool transposed, T* a, T* b, T* x)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Size, m = shape.Columns;
        foreach (var part in new Parts<V, T>(team, shape))
        {
            T* matrix = a + (part.Matrix * n * n), solution = x + (part.Matrix * n * m) + part.Column;
            Copy<V, T>(b + (part.Matrix * n * m) + part.Column, solution, n, m, part.Columns);
            if (IsSingular(matrix, n)) Fill<V, T>(solution, n, m, part.Columns, T.NaN);
            else Solve<V, T>(matrix, transposed ? 1 : n, transposed ? n : 1, n, ascending: upper == transposed, isUnit: false, solution, m, part.Columns);
        }
    }

    /// <summary>Solves T x = b in place, for T[i, k] = a[i · row + k · column].</summary>
    /// <param name="a">The matrix, of which one triangle counts.</param>
    /// <param name="aRow">From one row of T to the next, in elements.</param>
    /// <param name="aColumn">From one column of T to the next.</param>
    /// <param name="n">Rows of T.</param>
    /// <param name="ascending">True for a lower triangle, whose first equation has one unknown.</param>
    /// <param name="isUnit">Whether the diagonal of T are ones, whatever stands there.</param>
    /// <param name="x">The right sides, and then the solutions.</param>
    /// <param name="xRow">From one row of x to the next.</param>
    /// <param name="columns">Columns of x.</param>
    internal static void Solve<V, T>(T* a, nint aRow, nint aColumn, nint n, bool ascending, bool isUnit, T* x, nint xRow, nint columns)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint done = 0; done < n; done += BlockUpdate.Block)
        {
            nint size = Math.Min(BlockUpdate.Block, n - done), first = ascending ? done : n - done - size;
            // What is known is subtracted from the whole block, then row by row within it.
            nint known = ascending ? 0 : first + size;
            BlockUpdate.Subtract<V, T>(a + (first * aRow) + (known * aColumn), aRow, aColumn, x + (known * xRow), xRow, x + (first * xRow), xRow, size, columns, done);
            for (nint r = 0; r < size; r++)
            {
                nint row = ascending ? first + r : first + size - 1 - r, next = ascending ? first : row + 1;
                BlockUpdate.Subtract<V, T>(a + (row * aRow) + (next * aColumn), aRow, aColumn, x + (next * xRow), xRow, x + (row * xRow), xRow, 1, columns, r);
                if (!isUnit) BlockUpdate.Divide<V, T>(x + (row * xRow), columns, a[(row * aRow) + (row * aColumn)]);
            }
        }
    }

    /// <summary>Whether an element of the diagonal is zero.</summary>
    internal static bool IsSingular<T>(T* a, nint n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (nint i = 0; i < n; i++)
            if (a[i * (n + 1)] == T.Zero) return true;
        return false;
    }

    /// <summary>Some columns of a matrix, into those of another one with as many.</summary>
    internal static void Copy<V, T>(T* source, T* target, nint rows, nint row, nint columns)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i++)
            for (nint j = 0; j < columns; j += V.Count) V.LoadPartial(source + (i * row) + j, columns - j).StorePartial(target + (i * row) + j, columns - j);
    }

    /// <summary>One number in some columns of a matrix.</summary>
    internal static void Fill<V, T>(T* target, nint rows, nint row, nint columns, T value)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V all = V.Create(value);
        for (nint i = 0; i < rows; i++)
            for (nint j = 0; j < columns; j += V.Count) all.StorePartial(target + (i * row) + j, columns - j);
    }

    /// <summary>A member's share of the right sides: some neighbouring columns of one matrix after another.</summary>
    internal ref struct Parts<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        readonly nint columns, each, blocks, end;
        nint next;

        public Parts(Team team, in SystemShape shape)
        {
            columns = shape.Columns;
            // Whole vectors, but no more of them than needed: a block reads its matrix once more.
            each = 4 * V.Count;
            blocks = (columns + each - 1) / each;
            nint work = Math.Max(1, shape.Size * shape.Size * Math.Min(columns, each));
            team.Range(shape.Batch * blocks, Math.Max(1, Grain / work), out nint from, out end);
            next = from - 1;
        }

        public readonly Parts<V, T> GetEnumerator() => this;

        public bool MoveNext() => ++next < end;

        public readonly Part Current => new(next / blocks, next % blocks * each, Math.Min(each, columns - (next % blocks * each)));
    }

    /// <summary>Neighbouring right sides of one matrix.</summary>
    internal readonly record struct Part(nint Matrix, nint Column, nint Columns);
}
