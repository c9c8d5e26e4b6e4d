using System.Numerics;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;

namespace ModelGen.Execution.Tests;

/// <summary>The attention kernels equal the plain formula, in every width, with every mask; the bits do not depend on the size of the team.</summary>
[Collection("Teams")]
public unsafe class AttentionTests
{
    // batch, heads, heads of keys, queries, keys, width, width of values, causal, window
    public static TheoryData<int, int, int, int, int, int, int, bool, int> Shapes => new()
    {
        { 1, 1, 1, 1, 1, 1, 1, false, 0 }, { 2, 3, 3, 5, 7, 4, 6, false, 0 }, { 2, 4, 2, 33, 33, 8, 8, true, 0 }, { 1, 2, 1, 43, 43, 32, 32, true, 0 },
        { 1, 2, 2, 31, 50, 17, 5, false, 0 }, { 2, 1, 1, 61, 61, 16, 16, true, 9 }, { 1, 2, 2, 45, 45, 3, 33, false, 7 }, { 1, 1, 1, 1, 300, 64, 64, false, 0 },
        { 1, 1, 1, 9, 290, 8, 8, false, 0 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_the_formula_in_every_width_and_team(int batch, int heads, int keyHeads, int queries, int keys, int width, int valueWidth, bool causal, int window)
    {
        foreach (bool inside in (bool[])[false, true])
        {
            foreach (bool lengths in (bool[])[false, true])
            {
                var shape = new AttentionShape
                {
                    Batch = batch, Heads = heads, KeyHeads = keyHeads, Queries = queries, Keys = keys, Width = width, ValueWidth = valueWidth, HeadsInside = inside ? 1 : 0, Causal = causal ? 1 : 0, Window = window,
                };
                Check<F32x16, float>(shape, lengths, 3e-5);
                Check<F32x8, float>(shape, lengths, 3e-5);
                Check<F32x4, float>(shape, lengths, 3e-5);
                Check<F32x1, float>(shape, lengths, 3e-5);
                Check<F64x4, double>(shape, lengths, 1e-12);
            }
        }
    }

    /// <summary>Every width, and every number of keys and queries.</summary>
    [Fact]
    public void Equals_the_formula_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            var shape = new AttentionShape
            {
                Batch = 1, Heads = 2, KeyHeads = 1 + size % 2, Queries = 68 - size, Keys = size % 3 == 0 ? 68 - size : size, Width = size, ValueWidth = size * 5 % 67 + 1, HeadsInside = size % 2,
                Causal = size % 3 == 0 ? 1 : 0,
            };
            switch (size % 4)
            {
                case 0: Check<F32x16, float>(shape, false, 3e-5); break;
                case 1: Check<F32x8, float>(shape, true, 3e-5); break;
                case 2: Check<F32x4, float>(shape, false, 3e-5); break;
                default: Check<F64x4, double>(shape, true, 1e-12); break;
            }
        }
    }

    static void Check<V, T>(AttentionShape s, bool withLengths, double tolerance)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool inside = s.HeadsInside != 0;
        int[] Shape(nint positions, nint heads, nint width) => inside ? [(int)s.Batch, (int)positions, (int)heads, (int)width] : [(int)s.Batch, (int)heads, (int)positions, (int)width];
        int[] q = Shape(s.Queries, s.Heads, s.Width), k = Shape(s.Keys, s.KeyHeads, s.Width), v = Shape(s.Keys, s.KeyHeads, s.ValueWidth), result = Shape(s.Queries, s.Heads, s.ValueWidth);
        using var query = new GuardedArray<T>(NdArray.Count(q)).Randomize(1);
        using var key = new GuardedArray<T>(NdArray.Count(k)).Randomize(2);
        using var value = new GuardedArray<T>(NdArray.Count(v)).Randomize(3);
        using var dy = new GuardedArray<T>(NdArray.Count(result)).Randomize(4);
        int* lengths = stackalloc int[(int)s.Batch];
        for (int b = 0; b < s.Batch; b++) lengths[b] = b == 0 ? (int)(s.Keys / 2) : 0;

        var op = new ScaledDotProductAttention(s.Causal != 0, (int)s.Window, inside);
        NdArray[] inputs = [Array(query, q), Array(key, k), Array(value, v), .. withLengths ? new[] { new NdArray([(int)s.Batch], [.. Enumerable.Range(0, (int)s.Batch).Select(b => (double)lengths[b])]) } : []];
        var y = Evaluate(op, result, inputs);
        var gradient = Evaluate(new FlashAttentionGradient(op), [NdArray.Count(q) + NdArray.Count(k) + NdArray.Count(v)], [.. inputs, Array(dy, result)]);

        T* pq = query.Pointer, pk = key.Pointer, pv = value.Pointer, pdy = dy.Pointer;
        int* pl = withLengths ? lengths : null;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownY = new GuardedArray<T>(y.Length);
            using var ownGradient = new GuardedArray<T>(gradient.Length);
            T* py = ownY.Pointer, pg = ownGradient.Pointer;
            OnTeam.Run(threads, team =>
            {
                FlashAttention.Forward<V, T>(team, s, pq, pk, pv, pl, py);
                FlashAttention.Backward<V, T>(team, s, pq, pk, pv, pl, pdy, pg);
            });
            Near(y.Data, ownY.Values, tolerance);
            Near(gradient.Data, ownGradient.Values, tolerance * 10);
            T[] all = [.. ownY.Values, .. ownGradient.Values];
            Assert.Equal(first ??= all, all);
        }
    }

    // heads, heads of keys, width, width of values, window
    public static TheoryData<int, int, int, int, int> Caches => new() { { 1, 1, 1, 1, 0 }, { 4, 2, 5, 3, 0 }, { 4, 4, 32, 32, 0 }, { 2, 1, 16, 33, 7 }, { 2, 2, 8, 17, 1 } };

    /// <summary>Position by position, and in chunks, an attention to a cache equals the causal attention to all.</summary>
    [Theory, MemberData(nameof(Caches))]
    public void An_attention_to_a_cache_equals_the_whole(int heads, int keyHeads, int width, int valueWidth, int window)
    {
        foreach (bool inside in (bool[])[false, true])
        {
            Cached<F32x16, float>(heads, keyHeads, width, valueWidth, window, inside, 3e-5);
            Cached<F32x8, float>(heads, keyHeads, width, valueWidth, window, inside, 3e-5);
            Cached<F32x1, float>(heads, keyHeads, width, valueWidth, window, inside, 3e-5);
            Cached<F64x8, double>(heads, keyHeads, width, valueWidth, window, inside, 1e-12);
        }
    }

    static void Cached<V, T>(int heads, int keyHeads, int width, int valueWidth, int window, bool inside, double tolerance)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Batch = 2, Length = 41, Capacity = 48;
        // The whole, with the heads first.
        using var query = new GuardedArray<T>(Batch * heads * Length * width).Randomize(1);
        using var key = new GuardedArray<T>(Batch * keyHeads * Length * width).Randomize(2);
        using var value = new GuardedArray<T>(Batch * keyHeads * Length * valueWidth).Randomize(3);
        var whole = Evaluate(new ScaledDotProductAttention(true, window, false), [Batch, heads, Length, valueWidth],
            [Array(query, [Batch, heads, Length, width]), Array(key, [Batch, keyHeads, Length, width]), Array(value, [Batch, keyHeads, Length, valueWidth])]);

        foreach (int threads in OnTeam.Sizes)
        {
            using var cache = new GuardedArray<T>(Batch * keyHeads * (width + valueWidth) * Capacity);
            cache.Values.Clear();
            int position = 0;
            foreach (int chunk in (int[])[1, 1, 20, 3, 1, 15])
            {
                using var q = Part(query, heads, width, position, chunk, inside);
                using var k = Part(key, keyHeads, width, position, chunk, inside);
                using var v = Part(value, keyHeads, valueWidth, position, chunk, inside);
                using var y = new GuardedArray<T>(Batch * heads * chunk * valueWidth);
                T* pq = q.Pointer, pk = k.Pointer, pv = v.Pointer, pc = cache.Pointer, py = y.Pointer;
                var shape = new CachedAttentionShape
                {
                    Batch = Batch, Heads = heads, KeyHeads = keyHeads, Length = chunk, Width = width, ValueWidth = valueWidth, HeadsInside = inside ? 1 : 0, Window = window, Position = position, Capacity = Capacity,
                };
                OnTeam.Run(threads, team => CachedAttention.Run<V, T>(team, shape, pq, pk, pv, pc, py));
                for (int b = 0; b < Batch; b++)
                    for (int h = 0; h < heads; h++)
                        for (int t = 0; t < chunk; t++)
                            for (int c = 0; c < valueWidth; c++)
                            {
                                double expected = whole[b, h, position + t, c], actual = double.CreateChecked(y.Values[((inside ? (((b * chunk) + t) * heads) + h : (((b * heads) + h) * chunk) + t) * valueWidth) + c]);
                                Assert.True(Math.Abs(expected - actual) <= tolerance, $"{b}, {h}, {position + t}, {c}: expected {expected:R}, got {actual:R}");
                            }
                position += chunk;
            }
        }

        static GuardedArray<T> Part(GuardedArray<T> from, int heads, int width, int position, int chunk, bool inside)
        {
            var part = new GuardedArray<T>(Batch * heads * chunk * width);
            for (int b = 0; b < Batch; b++)
                for (int h = 0; h < heads; h++)
                    for (int t = 0; t < chunk; t++)
                        from.Values.Slice(((((b * heads) + h) * Length) + position + t) * width, width).CopyTo(part.Values.Slice((inside ? (((b * chunk) + t) * heads) + h : (((b * heads) + h) * chunk) + t) * width, width));
            return part;
        }
    }

    static NdArray Array<T>(GuardedArray<T> from, int[] shape) where T : unmanaged, INumber<T> => new(shape, [.. from.Values.ToArray().Select(double.CreateChecked)]);

    static NdArray Evaluate(Op op, int[] shape, NdArray[] inputs) => op.Reference(new ReferenceCall(inputs, shape, _ => 0, (_, _) => 0));

    static void Near<T>(double[] expected, ReadOnlySpan<T> actual, double tolerance) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - double.CreateChecked(actual[i])) <= tolerance, $"element {i}: expected {expected[i]:R}, got {actual[i]}");
    }
}
