using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>The Cholesky factorisation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Cholesky
{
    /// <summary>
    /// The lower triangular L with L Lᵀ = a, for symmetric matrices [batch, n, n]; NaN for a matrix that is not positive definite. A member of the team takes some of the matrices.
    /// Every member calls it; no barrier at the end.
    /// </summary>
    public static void Run<V, T>(Team team, in SystemShape shape, T* a, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = shape.Size;
        team.Range(shape.Batch, Math.Max(1, 4096 / Math.Max(1, n * n * n)), out nint from, out nint to);
        if (to <= from) return;
        T* u = (T*)team.Scratch(n * n * sizeof(T));
        for (nint batch = from; batch < to; batch++)
        {
            T* l = y + (batch * n * n);
            TriangularSystem.Copy<V, T>(a + (batch * n * n), u, n, n, n);
            if (!Factor<V, T>(u, n))
            {
                TriangularSystem.Fill<V, T>(l, n, n, n, T.NaN);
                continue;
            }
            for (nint i = 0; i < n; i++)
                for (nint j = 0; j < n; j++) l[(i * n) + j] = j <= i ? u[(j * n) + i] : T.Zero;
        }
    }

    // U = Lᵀ in the upper triangle, in place: its rows are contiguous, and so is all that is subtracted. What stands below the diagonal is written, too, and means nothing.
    static bool Factor<V, T>(T* u, nint n)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (nint first = 0; first < n; first += BlockUpdate.Block)
        {
            nint end = Math.Min(n, first + BlockUpdate.Block);
            for (nint k = first; k < end; k++)
            {
                T* row = u + (k * n);
                // Also false for NaN.
                if (!(row[k] > T.Zero)) return false;
                BlockUpdate.Divide<V, T>(row + k, n - k, T.Sqrt(row[k]));
                BlockUpdate.Subtract<V, T>(row + k + 1, 1, n, row + k + 1, n, row + n + k + 1, n, end - k - 1, n - k - 1, 1);
            }
            for (nint i = end; i < n; i += 4)
                BlockUpdate.Subtract<V, T>(u + (first * n) + i, 1, n, u + (first * n) + i, n, u + (i * n) + i, n, Math.Min(4, n - i), n - i, end - first);
        }
        return true;
    }
}
