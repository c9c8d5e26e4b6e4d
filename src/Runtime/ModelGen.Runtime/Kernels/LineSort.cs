using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Lines [outer, length, inner] of which the first places of each, sorted, are wanted.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct SortShape
{
    /// <summary>The product of the sizes before the axis.</summary>
    public nint Outer { get; init; }

    /// <summary>The size of the axis.</summary>
    public nint Length { get; init; }

    /// <summary>The product of the sizes behind the axis.</summary>
    public nint Inner { get; init; }

    /// <summary>How many places are wanted of each line.</summary>
    public nint Count { get; init; }
}

/// <summary>Sorting along an axis.</summary>
/// <remarks>An element and its index are one number whose order is that of the elements, and of the indices where elements are equal. So every sorting is stable.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LineSort
{
    // Below this, and of long lines, the best ones are kept in order while the line passes by.
    const nint MostKept = 32;

    /// <summary>
    /// y[o, i, n] = the index of the element that comes at place i of the sorted line x[o, :, n]; of equal elements the first one comes first, and a NaN is larger
    /// than all else. Every member of the team sorts some lines; no barrier at the end.
    /// </summary>
    /// <exception cref="InvalidOperationException">More places are wanted than a line has.</exception>
    public static void Indices<V, T>(Team team, in SortShape shape, bool descending, T* x, int* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        // Every member of the team throws alike.
        if (shape.Count > shape.Length) throw new InvalidOperationException($"The first {shape.Count} of {shape.Length} sorted elements are wanted.");
        if (typeof(T) == typeof(float)) Run<SingleKeys, ulong, T>(team, shape, descending, x, y);
        else Run<DoubleKeys, UInt128, T>(team, shape, descending, x, y);
    }

    static void Run<K, N, T>(Team team, in SortShape shape, bool descending, T* x, int* y)
        where K : struct, IKeys<N>
        where N : unmanaged, IComparable<N>
        where T : unmanaged
    {
        nint length = shape.Length, inner = shape.Inner, count = shape.Count;
        team.Range(shape.Outer * inner, 1, out nint from, out nint to);
        if (to <= from) return;
        N* keys = (N*)team.Scratch(length * sizeof(N));
        bool keeps = count <= MostKept && count * 4 <= length;
        for (nint line = from; line < to; line++)
        {
            nint outer = line / inner, column = line % inner;
            T* element = x + (outer * length * inner) + column;
            nint sorted = 0;
            for (nint i = 0; i < length; i++, element += inner)
            {
                N key = K.Of(element, descending, (uint)i);
                if (!keeps) keys[i] = key;
                else if (sorted < count || key.CompareTo(keys[sorted - 1]) < 0) Insert(keys, ref sorted, count, key);
            }
            if (!keeps) new Span<N>(keys, (int)length).Sort();
            int* place = y + (outer * count * inner) + column;
            for (nint i = 0; i < count; i++, place += inner) *place = K.Index(keys[i]);
        }
    }

    // Into the sorted ones, of which there are at most `most`.
    static void Insert<N>(N* keys, ref nint sorted, nint most, N key) where N : unmanaged, IComparable<N>
    {
        nint at = sorted < most ? sorted++ : sorted - 1;
        for (; at > 0 && key.CompareTo(keys[at - 1]) < 0; at--) keys[at] = keys[at - 1];
        keys[at] = key;
    }

    /// <summary>Elements with their indices, as numbers.</summary>
    interface IKeys<N> where N : unmanaged
    {
        static abstract N Of(void* element, bool descending, uint index);

        static abstract int Index(N key);
    }

    readonly struct SingleKeys : IKeys<ulong>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Of(void* element, bool descending, uint index)
        {
            // Adding 0 makes -0 a 0: they are equal. Negative numbers have the order of their bits reversed.
            float value = *(float*)element + 0f;
            uint bits = BitConverter.SingleToUInt32Bits(value);
            uint order = float.IsNaN(value) ? uint.MaxValue : (int)bits < 0 ? ~bits : bits | 0x8000_0000;
            return ((ulong)(descending ? ~order : order) << 32) | index;
        }

        public static int Index(ulong key) => (int)(uint)key;
    }

    readonly struct DoubleKeys : IKeys<UInt128>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static UInt128 Of(void* element, bool descending, uint index)
        {
            double value = *(double*)element + 0d;
            ulong bits = BitConverter.DoubleToUInt64Bits(value);
            ulong order = double.IsNaN(value) ? ulong.MaxValue : (long)bits < 0 ? ~bits : bits | 0x8000_0000_0000_0000;
            return new UInt128(descending ? ~order : order, index);
        }

        public static int Index(UInt128 key) => (int)(ulong)key;
    }
}
