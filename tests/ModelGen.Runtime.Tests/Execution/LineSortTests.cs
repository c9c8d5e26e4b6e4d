using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class LineSortTests
{
    // outer, length, inner, count: whole lines, the first places of short lines, and those that are kept while a long line passes by.
    public static TheoryData<int, int, int, int> Shapes => new() { { 3, 7, 1, 7 }, { 2, 5, 3, 5 }, { 1, 300, 2, 300 }, { 4, 9, 1, 2 }, { 2, 200, 3, 10 }, { 5, 1, 1, 1 }, { 2, 129, 1, 32 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_a_stable_sort_in_every_team(int outer, int length, int inner, int count)
    {
        var shape = new SortShape { Outer = outer, Length = length, Inner = inner, Count = count };
        Check(shape);
    }

    [Fact]
    public void Equals_a_stable_sort_for_every_size()
    {
        for (int size = 1; size <= 67; size++) Check(new SortShape { Outer = 1 + size % 3, Length = size, Inner = 1 + size % 2, Count = Math.Min(size, 1 + size % 7) });
    }

    static void Check(SortShape shape)
    {
        foreach (bool descending in new[] { false, true })
        {
            Check<F32x8, float>(shape, descending);
            Check<F64x4, double>(shape, descending);
        }
    }

    static void Check<V, T>(SortShape s, bool descending)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Length * s.Inner).Randomize(1);
        // Few values, so that many are equal; and what has no ordinary place.
        T[] special = [T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.NegativeZero, T.Zero];
        for (int i = 0; i < x.Values.Length; i++) x.Values[i] = i % 5 == 3 ? special[i / 5 % special.Length] : T.Round(x.Values[i] * T.CreateChecked(3));
        int[] expected = new int[s.Outer * s.Count * s.Inner];
        for (nint o = 0; o < s.Outer; o++)
            for (nint n = 0; n < s.Inner; n++)
            {
                T[] line = new T[s.Length];
                for (nint i = 0; i < s.Length; i++) line[i] = x.Values[(int)(((o * s.Length) + i) * s.Inner + n)];
                var places = Enumerable.Range(0, line.Length);
                // Sums with 0, because CompareTo tells -0 from 0 in no type; a NaN comes last.
                var order = Comparer<T>.Create((a, b) => T.IsNaN(a) || T.IsNaN(b) ? T.IsNaN(a).CompareTo(T.IsNaN(b)) : (a + T.Zero).CompareTo(b + T.Zero));
                int[] sorted = [.. descending ? places.OrderByDescending(p => line[p], order) : places.OrderBy(p => line[p], order)];
                for (nint i = 0; i < s.Count; i++) expected[((o * s.Count) + i) * s.Inner + n] = sorted[i];
            }
        T* px = x.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var own = new GuardedArray<int>(expected.Length);
            int* py = own.Pointer;
            OnTeam.Run(threads, team => LineSort.Indices<V, T>(team, s, descending, px, py));
            Assert.Equal(expected, own.Values.ToArray());
        }
    }

    [Fact]
    public void More_places_than_elements_are_refused()
    {
        float* x = stackalloc float[3];
        int* y = stackalloc int[4];
        nint px = (nint)x, py = (nint)y;
        var shape = new SortShape { Outer = 1, Length = 3, Inner = 1, Count = 4 };
        var e = Assert.Throws<InvalidOperationException>(() => OnTeam.Run(2, team => LineSort.Indices<F32x4, float>(team, shape, false, (float*)px, (int*)py)));
        Assert.Equal("The first 4 of 3 sorted elements are wanted.", e.Message);
    }
}
