using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Sequences given piece by piece give what Predict gives of the whole; models for which that is impossible have no stream.</summary>
public sealed class StreamTests
{
    const int Batch = 3, Steps = 9;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void Pieces_equal_the_whole(int piece, int threads)
    {
        using var team = Machine.With(threads);
        var model = new StreamNet();
        using var stream = model.StartStreaming(Batch);
        var (symbols, x) = Inputs();
        float[] sequence = new float[Batch * Steps * 5], newest = new float[Batch * 3];
        for (int round = 0; round < 2; round++)
        {
            for (int from = 0; from < Steps; from += piece)
            {
                int count = Math.Min(piece, Steps - from);
                float[] y = new float[Batch * count * 5], last = new float[Batch * 3];
                stream.Predict(Piece(symbols, 1, from, count), Piece(x, 3, from, count), y, last);
                // The newest scores are those of the sequence so far.
                model.Predict(Piece(symbols, 1, 0, from + count), Piece(x, 3, 0, from + count), new float[Batch * (from + count) * 5], newest, N: Batch, T: from + count);
                Near.Equal(Doubles(newest), Doubles(last), $"round {round}: scores after step {from + count}");
                model.Predict(symbols, x, sequence, newest, N: Batch, T: Steps);
                Near.Equal(Doubles(Piece(sequence, 5, from, count)), Doubles(y), $"round {round}: steps from {from}");
            }
            stream.Reset();
        }
    }

    [Fact]
    public void A_loop_of_the_model_streams_as_well()
    {
        var model = new ScanNet();
        using var stream = model.StartStreaming(Batch);
        float[] x = [.. Enumerable.Range(0, Batch * Steps * 4).Select(i => MathF.Sin(i))], scores = new float[Batch * 3], states = new float[Batch * Steps * 6], expected = new float[Batch * 3];
        model.Predict(x, expected, states, N: Batch, T: Steps);
        for (int from = 0; from < Steps; from += 3)
        {
            var y = new float[Batch * 3 * 6];
            stream.Predict(Piece(x, 4, from, 3), scores, y);
            Near.Equal(Doubles(Piece(states, 6, from, 3)), Doubles(y), $"steps from {from}");
        }
        Near.Equal(Doubles(expected), Doubles(scores), "scores");
    }

    [Fact]
    public void A_wrong_piece_changes_nothing_and_a_right_one_allocates_nothing()
    {
        using var team = Machine.With(1);
        var model = new StreamNet();
        using var stream = model.StartStreaming(Batch);
        var (symbols, x) = Inputs();
        int[] first = Piece(symbols, 1, 0, 2);
        float[] input = Piece(x, 3, 0, 2), y = new float[Batch * 2 * 5], again = new float[y.Length], last = new float[Batch * 3];
        Assert.Throws<ArgumentException>(() => stream.Predict(first[1..], input, y, last));
        Assert.Throws<ArgumentException>(() => stream.Predict(first, input, y[1..], last));
        stream.Predict(first, input, y, last);
        stream.Reset();
        stream.Predict(first, input, again, last);
        Near.SameBits(Doubles(y), Doubles(again), "after a reset");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++) stream.Predict(first, input, again, last);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.StartStreaming(0));
    }

    [Fact]
    public void A_stream_that_was_disposed_says_so()
    {
        var stream = new ScanNet().StartStreaming(Batch);
        stream.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(stream.Reset);
        Assert.Throws<ObjectDisposedException>(() => stream.Predict(new float[Batch * 4], new float[Batch * 3], new float[Batch * 6]));
    }

    /// <summary>One of two calls at once goes on, the other is refused; what is carried is that of the pieces that were taken.</summary>
    [Fact]
    public void Two_threads_cannot_use_one_stream()
    {
        using var team = Machine.With(1);
        var model = new ScanNet();
        using StreamSessionOfScan shared = new(model), alone = new(model);
        int taken = 0, refused = 0;
        Parallel.For(0, 2, thread =>
        {
            for (int i = 0; i < 2000; i++)
                try
                {
                    shared.Take();
                    Interlocked.Increment(ref taken);
                }
                catch (InvalidOperationException e)
                {
                    Assert.Equal("This streaming session is used by another call that is still running; start a session for each stream.", e.Message);
                    Interlocked.Increment(ref refused);
                }
        });
        Assert.Equal(4000, taken + refused);
        for (int i = 0; i < taken; i++) alone.Take();
        Assert.Equal(alone.Take(), shared.Take());
    }

    // The same piece again and again.
    sealed class StreamSessionOfScan(ScanNet model) : IDisposable
    {
        readonly ScanNet.StreamingSession stream = model.StartStreaming(1);

        public float[] Take()
        {
            float[] scores = new float[3];
            stream.Predict([1, -1, 0.5f, 0.25f], scores, new float[6]);
            return scores;
        }

        public void Dispose() => stream.Dispose();
    }

    /// <summary>A direction from the end, a mean over all steps, lengths, images: none of them can be given in pieces.</summary>
    [Theory]
    [InlineData(typeof(RecurrentNet))]
    [InlineData(typeof(TranslationNet))]
    [InlineData(typeof(LstmNet))]
    [InlineData(typeof(ScanForms))]
    [InlineData(typeof(TinyGpt))]
    public void What_depends_on_later_steps_has_no_stream(Type model) => Assert.Null(model.GetMethod("StartStreaming"));

    static (int[] Symbols, float[] X) Inputs() =>
        ([.. Enumerable.Range(0, Batch * Steps).Select(i => i * 5 % 6)], [.. Enumerable.Range(0, Batch * Steps * 3).Select(i => MathF.Cos(i * 1.3f))]);

    // Steps of all sequences, each step of so many elements.
    static T[] Piece<T>(T[] x, int width, int from, int count)
    {
        int steps = x.Length / Batch / width;
        return [.. Enumerable.Range(0, Batch).SelectMany(n => x.Skip(((n * steps) + from) * width).Take(count * width))];
    }

    static double[] Doubles(float[] x) => Array.ConvertAll(x, v => (double)v);
}
