namespace ModelGen.Execution;

/// <summary>
/// A tensor as the matrix [first axis, all others], for rules that treat matrices: in storage it is that matrix, or its transpose with the other axes in some order.
/// </summary>
/// <param name="Rows">Rows in storage.</param>
/// <param name="Columns">Columns in storage, which lie side by side.</param>
/// <param name="IsTransposed">Whether the first axis counts the columns.</param>
internal readonly record struct MatrixForm(int Rows, int Columns, bool IsTransposed)
{
    /// <summary>The form of a tensor with two axes or more; null when its first axis lies between others in storage, or there is nothing to a matrix of it.</summary>
    public static MatrixForm? Of(ParameterLayout tensor)
    {
        if (tensor.Shape.Length < 2 || tensor.Length == 0) return null;
        int first = tensor.Shape[0], others = tensor.Length / first;
        return tensor.StorageAxes[0] == 0 ? new MatrixForm(first, others, IsTransposed: false)
            : tensor.StorageAxes[^1] == 0 ? new MatrixForm(others, first, IsTransposed: true)
            : null;
    }

    /// <summary>The size of the first axis over that of the others.</summary>
    public double Aspect => IsTransposed ? Columns / (double)Rows : Rows / (double)Columns;
}
