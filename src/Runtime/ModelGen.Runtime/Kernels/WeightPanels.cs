using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Weights as the micro-kernels want them, copied once for many calls: panels of two vectors, one after the other, each with its rows side by side.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class WeightPanels
{
    /// <summary>The width of a panel in vectors.</summary>
    internal const int Vectors = 2;

    /// <summary>Copies a matrix of weights B[k, n].</summary>
    /// <param name="b">B.</param>
    /// <param name="bRow">From B[k, n] to B[k + 1, n].</param>
    /// <param name="bColumn">From B[k, n] to B[k, n + 1].</param>
    /// <param name="k">Rows of B.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="panels">Room for k rows of n columns, rounded up to 16.</param>
    public static void Pack<V, T>(T* b, nint bRow, nint bColumn, nint k, nint n, T* panels)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint column = 0; column < n;)
        {
            nint left = n - column, width = Panel<T>.VectorsFor<V>(left, Vectors) * V.Count;
            Panel<T>.Pack<V>(b + column * bColumn, bRow, bColumn, k, Math.Min(left, width), panels, width);
            panels += k * width;
            column += width;
        }
    }

    /// <summary>The same for weights of 16 bits, which are widened.</summary>
    /// <param name="b">B.</param>
    /// <param name="bRow">From B[k, n] to B[k + 1, n].</param>
    /// <param name="bColumn">From B[k, n] to B[k, n + 1].</param>
    /// <param name="k">Rows of B.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="panels">Room for k rows of n columns, rounded up to 16.</param>
    public static void Pack<V, T, N>(N* b, nint bRow, nint bColumn, nint k, nint n, T* panels)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where N : unmanaged
    {
        for (nint column = 0; column < n;)
        {
            nint left = n - column, width = Panel<T>.VectorsFor<V>(left, Vectors) * V.Count, columns = Math.Min(left, width);
            N* source = b + column * bColumn;
            for (nint i = 0; i < k; i++, source += bRow, panels += width)
            {
                MatMul.WidenBlock<V, T, N>(source, 0, bColumn, 1, columns, panels);
                new Span<T>(panels + columns, (int)(width - columns)).Clear();
            }
            column += width;
        }
    }

    /// <summary>The panels of <paramref name="columns"/> columns from <paramref name="column"/> on, which begins a panel, and of the rows from <paramref name="row"/> on.</summary>
    /// <param name="found">Receives them.</param>
    /// <param name="panels">What <see cref="Pack{V, T}"/> wrote.</param>
    /// <param name="k">Rows of B.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="row">The first row.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">How many columns.</param>
    /// <returns>How many panels.</returns>
    internal static int Find<V, T>(Panel<T>* found, T* panels, nint k, nint n, nint row, nint column, nint columns)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        int count = 0;
        panels += k * column;
        for (nint end = column + columns; column < end;)
        {
            int vectors = Panel<T>.VectorsFor<V>(n - column, Vectors);
            nint width = vectors * V.Count;
            Panel<T>* panel = found + count++;
            panel->Vectors = vectors;
            panel->Column = column;
            panel->Columns = Math.Min(end - column, width);
            panel->B = panels + row * width;
            panel->BRow = width;
            panels += k * width;
            column += width;
        }
        return count;
    }
}
