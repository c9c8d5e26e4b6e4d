using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Copies between any two layouts: transpositions, slices, concatenations, broadcasts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class StridedCopy
{
    /// <summary>The largest rank.</summary>
    public const int MaxRank = 6;

    // What a thread takes at least, so that small copies do not spread over all caches.
    const nint GrainElements = 4096;

    /// <summary>Zeros <paramref name="count"/> elements, each member of the team a part.</summary>
    public static void Clear<T>(Team team, T* destination, nint count) where T : unmanaged
    {
        team.Range(count, GrainElements, out nint from, out nint to);
        if (to > from) System.Runtime.InteropServices.NativeMemory.Clear(destination + from, (nuint)((to - from) * sizeof(T)));
    }

    /// <summary>
    /// destination[i . destinationStrides] = source[i . sourceStrides] for every index i below <paramref name="sizes"/>. Strides are in
    /// elements; those of the source may be 0 (a broadcast) or negative. Every member of the team calls it and copies a part; no barrier at
    /// the end.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ or are above <see cref="MaxRank"/>; nothing is copied.</exception>
    [SkipLocalsInit]
    public static void Copy<T>(
        Team team, ReadOnlySpan<nint> sizes, ReadOnlySpan<nint> sourceStrides, ReadOnlySpan<nint> destinationStrides, T* source, T* destination)
        where T : unmanaged
    {
        if (sizes.Length > MaxRank || sourceStrides.Length != sizes.Length || destinationStrides.Length != sizes.Length)
            throw new ArgumentException(
                $"A strided copy takes as many strides as sizes, at most {MaxRank}; given are {sizes.Length} sizes, "
                + $"{sourceStrides.Length} and {destinationStrides.Length} strides.");
        Dimension* dimensions = stackalloc Dimension[MaxRank];
        int rank = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] <= 0)
                return;
            if (sizes[i] > 1)
                dimensions[rank++] = new(sizes[i], sourceStrides[i], destinationStrides[i]);
        }
        rank = Merge(dimensions, rank);
        // At least two dimensions, the last of which is the one where the destination is contiguous, or most nearly so.
        while (rank < 2)
        {
            for (int i = rank; i > 0; i--)
                dimensions[i] = dimensions[i - 1];
            dimensions[0] = new(1, 0, 0);
            rank++;
        }
        Order(dimensions, rank);
        CopyPart(team, dimensions, rank, source, destination);
    }

    readonly record struct Dimension(nint Size, nint Source, nint Destination);

    /// <summary>Joins neighbours that are one dimension in both layouts.</summary>
    static int Merge(Dimension* dimensions, int rank)
    {
        int last = 0;
        for (int i = 1; i < rank; i++)
        {
            Dimension outer = dimensions[last], inner = dimensions[i];
            if (outer.Source == inner.Size * inner.Source && outer.Destination == inner.Size * inner.Destination)
                dimensions[last] = new(outer.Size * inner.Size, inner.Source, inner.Destination);
            else
                dimensions[++last] = inner;
        }
        return Math.Min(rank, last + 1);
    }

    /// <summary>
    /// Puts the dimension with the smallest stride of the destination last, and the one with the smallest of the source before it; the
    /// order of the others stays.
    /// </summary>
    static void Order(Dimension* dimensions, int rank)
    {
        MoveTo(dimensions, Smallest(dimensions, rank, source: false), rank - 1);
        MoveTo(dimensions, Smallest(dimensions, rank - 1, source: true), rank - 2);
    }

    static int Smallest(Dimension* dimensions, int rank, bool source)
    {
        int best = rank - 1;
        for (int i = rank - 2; i >= 0; i--)
            if (dimensions[i].Size > 1 && (dimensions[best].Size == 1 || Key(i) < Key(best)))
                best = i;
        return best;
        nint Key(int i) => Math.Abs(source ? dimensions[i].Source : dimensions[i].Destination);
    }

    static void MoveTo(Dimension* dimensions, int from, int to)
    {
        Dimension moved = dimensions[from];
        for (int i = from; i < to; i++)
            dimensions[i] = dimensions[i + 1];
        dimensions[to] = moved;
    }

    [SkipLocalsInit]
    static void CopyPart<T>(Team team, Dimension* dimensions, int rank, T* source, T* destination)
        where T : unmanaged
    {
        // A unit is one plane of the last two dimensions, or a run of rows of it when planes are few.
        Dimension rows = dimensions[rank - 2], columns = dimensions[rank - 1];
        nint planes = 1;
        for (int i = 0; i < rank - 2; i++)
            planes *= dimensions[i].Size;
        // Multiples of 16 elements: whole cache lines of the source when the plane is transposed.
        nint rowGrain = Math.Min(rows.Size, (Math.Max(16, GrainElements / columns.Size) + 15) / 16 * 16);
        nint parts = (rows.Size + rowGrain - 1) / rowGrain;
        team.Range(planes * parts, 1, out nint from, out nint to);
        for (nint unit = from; unit < to; unit++)
        {
            nint plane = unit / parts, row = unit % parts * rowGrain, count = Math.Min(rowGrain, rows.Size - row);
            T* s = source + row * rows.Source, d = destination + row * rows.Destination;
            for (int i = rank - 3; i >= 0; i--)
            {
                nint index = plane % dimensions[i].Size;
                plane /= dimensions[i].Size;
                s += index * dimensions[i].Source;
                d += index * dimensions[i].Destination;
            }
            Plane(s, d, rows with { Size = count }, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Plane<T>(T* source, T* destination, Dimension rows, Dimension columns)
        where T : unmanaged
    {
        if (columns.Source == 1 && columns.Destination == 1)
        {
            for (nint r = 0; r < rows.Size; r++, source += rows.Source, destination += rows.Destination)
            {
                if (columns.Size * sizeof(T) >= 128)
                    NativeMemory.Copy(source, destination, (nuint)(columns.Size * sizeof(T)));
                else
                    for (nint c = 0; c < columns.Size; c++)
                        destination[c] = source[c];
            }
            return;
        }
        if (rows.Source == 1 && columns.Destination == 1)
        {
            // The rows of the source are the columns here.
            Transposition.Run(source, columns.Source, destination, rows.Destination, columns.Size, rows.Size);
            return;
        }
        for (nint r = 0; r < rows.Size; r++)
            for (nint c = 0; c < columns.Size; c++)
                destination[r * rows.Destination + c * columns.Destination] = source[r * rows.Source + c * columns.Source];
    }
}
