using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// An epilogue by its address. The loops around the micro-kernels are then compiled once for all epilogues; with a type argument for each they were the largest part of what the JIT compiled for a training
/// step, and a call for each block costs nothing that could be measured. The epilogue must outlive it: it is a parameter of the caller.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
readonly unsafe struct EpilogueReference<T> where T : unmanaged
{
    readonly void* epilogue;
    readonly delegate*<void*, nint, nint, nint, nint, nint, void> apply;
    readonly delegate*<void*, T*, nint, nint, nint, T*, nint, void> take;

    EpilogueReference(
        void* epilogue, delegate*<void*, nint, nint, nint, nint, nint, void> apply, delegate*<void*, T*, nint, nint, nint, T*, nint, void> take)
    {
        this.epilogue = epilogue;
        this.apply = apply;
        this.take = take;
    }

    /// <summary>The epilogue at this place on the stack.</summary>
    public static EpilogueReference<T> Of<E>(ref E epilogue) where E : struct, IEpilogue =>
        typeof(E) == typeof(NoEpilogue) ? default
        : typeof(E) == typeof(UpdateEpilogue<T>) ? new(Unsafe.AsPointer(ref epilogue), null, &TakeBlock)
        : new(Unsafe.AsPointer(ref epilogue), &ApplyTo<E>, null);

    /// <summary>Whether anything follows.</summary>
    public bool IsThere => epilogue != null;

    /// <summary>Whether C is a gradient that updates weights, and is never stored as a whole.</summary>
    public bool IsUpdate => take != null;

    /// <summary><see cref="IEpilogue.Apply"/>, if anything follows.</summary>
    public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
    {
        if (apply != null) apply(epilogue, batch, row, rows, column, columns);
    }

    /// <summary><see cref="UpdateEpilogue{T}.Take"/>; only of an update.</summary>
    public void Take(T* place, nint stride, nint rows, nint columns, T* block, nint blockStride) => take(epilogue, place, stride, rows, columns, block, blockStride);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ApplyTo<E>(void* epilogue, nint batch, nint row, nint rows, nint column, nint columns) where E : struct, IEpilogue =>
        Unsafe.AsRef<E>(epilogue).Apply(batch, row, rows, column, columns);

    static void TakeBlock(void* epilogue, T* place, nint stride, nint rows, nint columns, T* block, nint blockStride) =>
        Unsafe.AsRef<UpdateEpilogue<T>>(epilogue).Take(place, stride, rows, columns, block, blockStride);
}
