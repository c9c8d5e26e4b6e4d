using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>What follows a matrix product or a convolution, on each block of C while the block is in the first-level cache.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IEpilogue
{
    /// <summary>
    /// C[batch, row .. row + rows, column .. column + columns] holds final sums and may be changed. Every element of C is in exactly one
    /// block. Blocks come on any thread, in no fixed order, and a thread touches no block of another.
    /// Must not ask for <see cref="Team.Scratch"/>: the kernel is using it.
    /// </summary>
    void Apply(nint batch, nint row, nint rows, nint column, nint columns);
}

/// <summary>Nothing follows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct NoEpilogue : IEpilogue
{
    /// <inheritdoc/>
    public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
    {
    }
}

/// <summary>The result is a gradient, and updates weights: each block of it, as soon as it is made, and it is never stored as a whole.</summary>
readonly unsafe struct UpdateEpilogue<T>(WeightUpdate<T> update) : IEpilogue where T : unmanaged
{
    readonly WeightUpdate<T> update = update;

    internal void Take(T* place, nint stride, nint rows, nint columns, T* block, nint blockStride) => update.RunBlock(place, stride, rows, columns, block, blockStride);

    public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
    {
    }
}
