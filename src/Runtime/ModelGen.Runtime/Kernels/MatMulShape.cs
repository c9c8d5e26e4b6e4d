using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// Sizes and strides, in elements, of C[b, m, n] = sum over k of A[b, m, k] B[b, k, n]. C is contiguous along n.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct MatMulShape
{
    /// <summary>Contiguous matrices: A[m, k] (or A[k, m] when transposed), B[k, n] (or B[n, k] when transposed), C[m, n].</summary>
    public static MatMulShape Contiguous(nint m, nint n, nint k, bool transposeA = false, bool transposeB = false, nint batch = 1) => new()
    {
        Batch = batch,
        M = m,
        N = n,
        K = k,
        ABatch = m * k,
        ARow = transposeA ? 1 : k,
        AColumn = transposeA ? m : 1,
        BBatch = k * n,
        BRow = transposeB ? 1 : n,
        BColumn = transposeB ? k : 1,
        CBatch = m * n,
        CRow = n,
    };

    /// <summary>How many independent products.</summary>
    public nint Batch { get; init; }

    /// <summary>Rows of A and C.</summary>
    public nint M { get; init; }

    /// <summary>Columns of B and C.</summary>
    public nint N { get; init; }

    /// <summary>Columns of A and rows of B.</summary>
    public nint K { get; init; }

    /// <summary>From A of one product to the next; 0 when they share it.</summary>
    public nint ABatch { get; init; }

    /// <summary>From A[m, k] to A[m + 1, k].</summary>
    public nint ARow { get; init; }

    /// <summary>From A[m, k] to A[m, k + 1].</summary>
    public nint AColumn { get; init; }

    /// <summary>From B of one product to the next; 0 when they share it.</summary>
    public nint BBatch { get; init; }

    /// <summary>From B[k, n] to B[k + 1, n].</summary>
    public nint BRow { get; init; }

    /// <summary>From B[k, n] to B[k, n + 1]. 1 is fastest; other strides are packed, and fastest when <see cref="BRow"/> is 1.</summary>
    public nint BColumn { get; init; }

    /// <summary>From C of one product to the next.</summary>
    public nint CBatch { get; init; }

    /// <summary>From C[m, n] to C[m + 1, n].</summary>
    public nint CRow { get; init; }
}
