namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class StridedCopyTests
{
    [Fact]
    public void Any_layout_equals_naive_loops()
    {
        var random = new Random(5);
        for (int repeat = 0; repeat < 400; repeat++)
        {
            int rank = random.Next(0, 7);
            nint[] sizes = new nint[rank];
            for (int i = 0; i < rank; i++)
                sizes[i] = random.Next(1, rank > 3 ? 6 : 40);
            nint[] source = Strides(random, sizes, out nint sourceLength), destination = Strides(random, sizes, out nint destinationLength);
            for (int i = 0; i < rank; i++)
                if (random.Next(8) == 0)
                    source[i] = 0;
            Check<float>(sizes, source, sourceLength, destination, destinationLength);
            Check<double>(sizes, source, sourceLength, destination, destinationLength);
        }
    }

    [Theory]
    [InlineData(64, 300)]
    [InlineData(301, 67)]
    [InlineData(1000, 9)]
    public void Transposes(int rows, int columns)
    {
        Check<float>([rows, columns], [1, rows], rows * columns, [columns, 1], rows * columns);
        Check<double>([rows, columns], [1, rows], rows * columns, [columns, 1], rows * columns);
        Check<float>([2, rows, 3, columns], [rows * columns * 3, columns, rows * columns, 1], 6 * rows * columns,
            [rows * columns * 3, 3 * columns, columns, 1], 6 * rows * columns);
    }

    [Fact]
    public void A_negative_stride_reverses()
    {
        float* s = stackalloc float[] { 1, 2, 3 }, d = stackalloc float[3];
        StridedCopy.Copy(Team.Single, [3], [-1], [1], s + 2, d);
        Assert.Equal([3f, 2f, 1f], new Span<float>(d, 3).ToArray());
    }

    [Fact]
    public void Wrong_ranks_are_refused()
    {
        float x = 0;
        float* p = &x;
        Assert.Throws<ArgumentException>(() => StridedCopy.Copy(Team.Single, [1, 2], [1], [1, 1], p, p));
        Assert.Throws<ArgumentException>(() => StridedCopy.Copy(Team.Single, new nint[7], new nint[7], new nint[7], p, p));
    }

    /// <summary>Strides of a random order of the dimensions, with a gap here and there.</summary>
    static nint[] Strides(Random random, nint[] sizes, out nint length)
    {
        nint[] strides = new nint[sizes.Length];
        length = 1;
        int[] order = [.. Enumerable.Range(0, sizes.Length)];
        random.Shuffle(order);
        foreach (int i in order)
        {
            strides[i] = length;
            length *= sizes[i] + (random.Next(4) == 0 ? 1 : 0);
        }
        return strides;
    }

    static void Check<T>(nint[] sizes, nint[] source, nint sourceLength, nint[] destination, nint destinationLength)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using var s = new GuardedArray<T>(sourceLength).Randomize(1);
        T[] expected = new T[destinationLength];
        expected.AsSpan().Fill(T.CreateChecked(9));
        nint count = 1;
        foreach (nint size in sizes)
            count *= size;
        for (nint i = 0; i < count; i++)
        {
            nint rest = i, from = 0, to = 0;
            for (int d = sizes.Length - 1; d >= 0; d--)
            {
                from += rest % sizes[d] * source[d];
                to += rest % sizes[d] * destination[d];
                rest /= sizes[d];
            }
            expected[to] = s.Pointer[from];
        }
        foreach (int threads in OnTeam.Sizes)
        {
            using var actual = new GuardedArray<T>(destinationLength);
            actual.Values.Fill(T.CreateChecked(9));
            T* ps = s.Pointer, pd = actual.Pointer;
            OnTeam.Run(threads, team => StridedCopy.Copy(team, sizes, source, destination, ps, pd));
            Assert.True(actual.Values.SequenceEqual(expected), $"sizes [{string.Join(", ", sizes)}], strides [{string.Join(", ", source)}] to [{string.Join(", ", destination)}]");
        }
    }
}
