using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>
/// The factorisation P A = L U with partial pivoting, and what is computed from it. The factors of a matrix [n, n] are [n + 1, n]: U, and below its diagonal L, whose own diagonal are
/// ones; in the last row the number of the row that each row was exchanged with when its turn came. No member of a team throws: a singular matrix has a zero on the diagonal of U.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Lu
{
    /// <summary>The factors of matrices a [batch, n, n]. A member of the team takes some of the matrices. Every member calls it; no barrier at the end.</summary>
    public static void Factor<V, T>(Team team, in SystemShape shape, T* a, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Size;
        team.Range(shape.Batch, Math.Max(1, 4096 / Math.Max(1, n * n * n)), out nint from, out nint to);
        for (nint batch = from; batch < to; batch++)
        {
            T* lu = y + (batch * (n + 1) * n), exchanges = lu + (n * n);
            TriangularSystem.Copy<V, T>(a + (batch * n * n), lu, n, n, n);
            for (nint first = 0; first < n; first += BlockUpdate.Block)
            {
                nint end = Math.Min(n, first + BlockUpdate.Block);
                for (nint k = first; k < end; k++)
                {
                    nint pivot = Pivot(lu, n, k);
                    exchanges[k] = T.CreateTruncating(pivot);
                    if (pivot != k) Exchange<V, T>(lu + (k * n), lu + (pivot * n), n);
                    // Without a pivot there is nothing to eliminate.
                    if (lu[(k * n) + k] == T.Zero) continue;
                    for (nint i = k + 1; i < n; i++) lu[(i * n) + k] /= lu[(k * n) + k];
                    T* next = lu + ((k + 1) * n) + k;
                    BlockUpdate.Subtract<V, T>(next, n, 1, lu + (k * n) + k + 1, n, next + 1, n, n - k - 1, end - k - 1, 1);
                }
                // The rows of the block, right of it; then all that is below of them.
                T* corner = lu + (first * n) + first, right = lu + (first * n) + end;
                TriangularSystem.Solve<V, T>(corner, n, 1, end - first, ascending: true, isUnit: true, right, n, n - end);
                BlockUpdate.Subtract<V, T>(lu + (end * n) + first, n, 1, right, n, lu + (end * n) + end, n, n - end, n - end, end - first);
            }
        }
    }

    /// <summary>
    /// The solutions x of A x = b, or of Aᵀ x = b, from the factors of A: b and x [batch, n, m]. Those of a singular matrix are NaN. Matrices and blocks of right sides are divided
    /// among the team. Every member calls it; no barrier at the end.
    /// </summary>
    public static void Solve<V, T>(Team team, in SystemShape shape, bool transposed, T* factors, T* b, T* x)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Size, m = shape.Columns;
        foreach (var part in new TriangularSystem.Parts<V, T>(team, shape))
        {
            T* lu = factors + (part.Matrix * (n + 1) * n), exchanges = lu + (n * n), solution = x + (part.Matrix * n * m) + part.Column;
            nint columns = part.Columns;
            TriangularSystem.Copy<V, T>(b + (part.Matrix * n * m) + part.Column, solution, n, m, columns);
            if (TriangularSystem.IsSingular(lu, n))
            {
                TriangularSystem.Fill<V, T>(solution, n, m, columns, T.NaN);
            }
            else if (transposed)
            {
                // Aᵀ = Uᵀ Lᵀ P.
                TriangularSystem.Solve<V, T>(lu, 1, n, n, ascending: true, isUnit: false, solution, m, columns);
                TriangularSystem.Solve<V, T>(lu, 1, n, n, ascending: false, isUnit: true, solution, m, columns);
                for (nint i = n - 1; i >= 0; i--) Exchange<V, T>(solution, m, columns, i, exchanges[i]);
            }
            else
            {
                for (nint i = 0; i < n; i++) Exchange<V, T>(solution, m, columns, i, exchanges[i]);
                TriangularSystem.Solve<V, T>(lu, n, 1, n, ascending: true, isUnit: true, solution, m, columns);
                TriangularSystem.Solve<V, T>(lu, n, 1, n, ascending: false, isUnit: false, solution, m, columns);
            }
        }
    }

    /// <summary>y[batch] = the determinant of each matrix, or the logarithm of its absolute value, from its factors. Every member of the team calls it; no barrier at the end.</summary>
    public static void Determinant<V, T>(Team team, in SystemShape shape, bool logarithm, T* factors, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Size;
        team.Range(shape.Batch, Math.Max(1, 4096 / Math.Max(1, n * n)), out nint from, out nint to);
        for (nint batch = from; batch < to; batch++)
        {
            T* lu = factors + (batch * (n + 1) * n), exchanges = lu + (n * n);
            // In double precision: a product of many numbers that are small or large leaves the range of single precision on the way.
            double product = 1, sum = 0;
            for (nint i = 0; i < n; i++)
            {
                double pivot = double.CreateTruncating(lu[i * (n + 1)]);
                product *= nint.CreateTruncating(exchanges[i]) == i ? pivot : -pivot;
                if (logarithm) sum += Math.Log(Math.Abs(pivot));
            }
            y[batch] = T.CreateTruncating(logarithm ? sum : product);
        }
    }

    // The row of the largest element of a column, from the diagonal on.
    static nint Pivot<T>(T* a, nint n, nint k) where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint pivot = k;
        T largest = T.Abs(a[(k * n) + k]);
        for (nint i = k + 1; i < n; i++)
        {
            T size = T.Abs(a[(i * n) + k]);
            if (size > largest) (pivot, largest) = (i, size);
        }
        return pivot;
    }

    static void Exchange<V, T>(T* x, nint row, nint columns, nint i, T with)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint other = nint.CreateTruncating(with);
        if (other != i) Exchange<V, T>(x + (i * row), x + (other * row), columns);
    }

    static void Exchange<V, T>(T* a, T* b, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint j = 0; j < count; j += V.Count)
        {
            V held = V.LoadPartial(a + j, count - j);
            V.LoadPartial(b + j, count - j).StorePartial(a + j, count - j);
            held.StorePartial(b + j, count - j);
        }
    }
}
