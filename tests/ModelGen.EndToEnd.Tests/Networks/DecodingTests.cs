using System.Numerics;
using ModelGen.Compiler;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Decoding position by position gives what Predict gives for the whole sequence.</summary>
public sealed class DecodingTests
{
    static int[] Tokens(int count, int vocabulary) => [.. Enumerable.Range(0, count).Select(i => ((i * i) + (3 * i) + (i / 5)) % vocabulary)];

    /// <summary>Chunks of the lengths given, in this order; after each, the result of its last position.</summary>
    static void Compare<TInput, T>(DecodingSession<TInput, T> session, TInput[] input, T[] whole, int length, int[] chunks, double tolerance)
        where TInput : unmanaged
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = session.Batch, unit = input.Length / batch / length, width = whole.Length / batch / length, done = 0;
        var result = new T[batch * width];
        foreach (int chunk in chunks)
        {
            var part = new TInput[batch * chunk * unit];
            for (int n = 0; n < batch; n++) Array.Copy(input, ((n * length) + done) * unit, part, n * chunk * unit, chunk * unit);
            session.Decode(part, result);
            done += chunk;
            Assert.Equal(done, session.Position);
            for (int n = 0; n < batch; n++)
                for (int c = 0; c < width; c++)
                {
                    double expected = double.CreateChecked(whole[(((n * length) + done - 1) * width) + c]), actual = double.CreateChecked(result[(n * width) + c]);
                    Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"sequence {n}, position {done - 1}, element {c}: {actual} instead of {expected}");
                }
        }
    }

    static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    public static TheoryData<int, int[]> Ways => new() { { 1, Ones(8) }, { 1, [8] }, { 2, [3, 1, 4] }, { 2, Ones(8) } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Learned_positions(int threads, int[] chunks)
    {
        using var machine = Machine.With(threads);
        var net = new Models.TinyGpt();
        net.Initialize(3);
        foreach (int batch in (int[])[1, 3])
        {
            var tokens = Tokens(batch * 8, 11);
            var whole = new float[batch * 8 * 11];
            net.Predict(tokens, whole);
            using var session = net.StartDecoding(batch: batch);
            Assert.Equal(8, session.Capacity);
            Compare(session, tokens, whole, 8, chunks, 1e-5);
            session.Reset();
            Compare(session, tokens, whole, 8, chunks, 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rotary_positions_and_shared_keys(int threads)
    {
        using var machine = Machine.With(threads);
        var net = new GroupedDecoder();
        const int Length = 75;
        var tokens = Tokens(2 * Length, GroupedDecoder.Vocabulary);
        var whole = new float[2 * Length * GroupedDecoder.Vocabulary];
        net.Predict(tokens, whole, 2, Length);
        using var session = net.StartDecoding(capacity: 80, batch: 2);
        Compare(session, tokens, whole, Length, [1, 1, 30, 1, 2, .. Ones(40)], 2e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Features_in_double_precision(int threads)
    {
        using var machine = Machine.With(threads);
        var net = new SeriesDecoder();
        const int Length = 21;
        double[] series = [.. Enumerable.Range(0, 3 * Length * 5).Select(i => Math.Sin(i * 0.7))];
        var whole = new double[3 * Length * 2];
        net.Predict(series, whole, 3, Length);
        using var session = net.StartDecoding(capacity: Length, batch: 3);
        Compare(session, series, whole, Length, [4, .. Ones(17)], 1e-12);
    }

    [Fact]
    public void One_sequence_and_a_shorter_window_than_its_table()
    {
        var net = new SingleDecoder();
        var tokens = Tokens(33, 5);
        var whole = new float[33 * 5];
        net.Predict(tokens, whole);
        using var session = net.StartDecoding();
        Assert.Equal(33, session.Capacity);
        Assert.Equal(1, session.Batch);
        Compare(session, tokens, whole, 33, [30, 1, 1, 1], 1e-5);
    }

    /// <summary>A window that lies behind the session's end, and layers made of layers.</summary>
    [Fact]
    public void A_sliding_window()
    {
        var net = new WindowNet();
        var tokens = Tokens(2 * 20, 5);
        var whole = new float[2 * 20 * 5];
        net.Predict(tokens, whole);
        using var session = net.StartDecoding(batch: 2);
        Compare(session, tokens, whole, 20, [3, 1, 8, .. Ones(8)], 2e-5);
    }

    [Fact]
    public void Sessions_do_not_disturb_each_other()
    {
        var net = new GroupedDecoder();
        using DecodingSession<int, float> a = net.StartDecoding(20), b = net.StartDecoding(20);
        float[] one = new float[7], other = new float[7], again = new float[7];
        a.Decode([1, 2, 3], one);
        b.Decode([6, 5], other);
        a.Decode(4, one);
        b.Decode(4, other);
        Assert.NotEqual(one, other);
        b.Reset();
        b.Decode([1, 2, 3], again);
        b.Decode(4, again);
        Near.SameBits([.. one], [.. again], "a second session");
    }

    [Fact]
    public void Another_continuation()
    {
        using var session = new GroupedDecoder().StartDecoding(20);
        float[] first = new float[7], second = new float[7];
        session.Decode([1, 2, 3], first);
        session.Decode([4, 4, 4, 4], second);
        session.Rewind(2);
        Assert.Equal(2, session.Position);
        session.Decode(3, second);
        Near.Equal([.. first], [.. second], "the third position");
        Assert.Equal("The session holds 3 positions; it can go back to 0 to 3. (Parameter 'to')\nActual value was 4.", Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(4)).Message.ReplaceLineEndings("\n"));
    }

    /// <summary>Keys and values of other weights are noticed; a reset makes good.</summary>
    [Fact]
    public void Weights_that_changed_are_noticed()
    {
        var net = new Models.TinyGpt();
        var tokens = Tokens(8, 11);
        var (whole, result) = (new float[8 * 11], new float[11]);
        using var session = net.StartDecoding();
        session.Decode(tokens.AsSpan(0, 3), result);
        net.Initialize(5);
        Assert.Equal("The decoding session of TinyGpt holds 3 positions that were read before the model was trained, loaded or written to: their keys and values are those of other weights. Call Reset and begin again.",
            Assert.Throws<InvalidOperationException>(() => session.Decode(tokens[3], result)).Message);
        Assert.Equal(3, session.Position);
        session.Rewind(1);
        Assert.Throws<InvalidOperationException>(() => session.Decode(tokens[1], result));
        session.Reset();
        net.Predict(tokens, whole);
        Compare(session, tokens, whole, 8, [3, 5], 1e-5);
        session.Rewind(4);
        net.Parameters[0].Values.Fill(0);
        Assert.Throws<InvalidOperationException>(() => session.Decode(tokens[4], result));
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        using var session = new GroupedDecoder().StartDecoding(200);
        var result = new float[7];
        for (int i = 0; i < 20; i++) session.Decode(i % 7, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) session.Decode(i % 7, result);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_full_session_says_how_many_positions_it_has()
    {
        var net = new Models.TinyGpt();
        using var session = net.StartDecoding(6);
        float[] result = new float[11], kept = new float[11], expected = new float[11];
        session.Decode([1, 2, 3, 4], result);
        Assert.Equal("The decoding session of TinyGpt has room for 6 positions and holds 4; 3 more do not fit. Call Reset, or start one with a larger capacity.",
            Assert.Throws<InvalidOperationException>(() => session.Decode([1, 2, 3], result)).Message);
        Assert.Equal("'token' has 11 at index 1; allowed are 0 to 10. (Parameter 'token')\nActual value was 11.",
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Decode([1, 11], result)).Message.ReplaceLineEndings("\n"));
        Assert.Equal("'output' has 12 elements, but [N, 11] takes 11. (Parameter 'output')", Assert.Throws<ArgumentException>(() => session.Decode([1], new float[12])).Message);
        Assert.Equal("'token' is empty: [N, T] needs T to be at least 1, which takes 1 element. (Parameter 'token')", Assert.Throws<ArgumentException>(() => session.Decode([], result)).Message);
        Assert.Equal(4, session.Position);
        session.Decode(5, kept);
        using var other = net.StartDecoding(6);
        other.Decode([1, 2, 3, 4], expected);
        other.Decode(5, expected);
        Near.SameBits([.. expected], [.. kept], "the position after the refused calls");
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Decode(1, result));
    }

    [Fact]
    public void Sizes_that_cannot_be()
    {
        var net = new Models.TinyGpt();
        Assert.Equal("TinyGpt has 8 positions, the rows of 'position.weight', so a decoding session cannot have room for 9. (Parameter 'capacity')\nActual value was 9.",
            Assert.Throws<ArgumentOutOfRangeException>(() => net.StartDecoding(9)).Message.ReplaceLineEndings("\n"));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.StartDecoding(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.StartDecoding(2, batch: 0));
    }

    /// <summary>Why a model cannot be decoded stands in the documentation of its class.</summary>
    [Theory]
    [InlineData("PooledDecoder", "'Mean' does not treat the positions of a sequence one by one ([N, T, 8] → [N, 8])")]
    [InlineData("EncoderDecoderNet", "Forward has 3 inputs and 1 results; only a model of one sequence and one result is decoded")]
    [InlineData("RotaryNet", "the attention [N, T, 2, 4] is not causal: each position looks at later ones too")]
    public void What_mixes_positions_is_named(string model, string reason)
    {
        var steps = ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(model)).Steps;
        Assert.DoesNotContain(steps, s => s.Name == "Decode");
        Assert.Equal(reason, steps.Single(s => s.Name == "Predict").NotIncremental);
        Assert.Contains($"No decoding position by position: {reason}.", CompiledNetworks.Assembly.Files.Single(f => f.Key.EndsWith(model + ".g.cs", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
    }

    /// <summary>The user's own members come first: a name that decoding needs is left to them.</summary>
    [Fact]
    public void A_model_with_such_a_member_keeps_it()
    {
        const string source = """
            [Model]
            public partial class Own
            {
                readonly Embedding embed = new(5, 8);
                readonly SelfAttention attention = new(2) { Causal = true };
                public Tensor Forward([Shape("N", "T")] IntTensor token) => token.Apply(embed).Apply(attention);
                public string StartDecoding() => "mine";
            }
            """;
        var predict = ModelCompiler.Steps(new CompiledAssembly([source]).Spec("Own")).Steps.Single();
        Assert.Equal("the class has a member named StartDecoding or Decoding or DecodeProgram of its own", predict.NotIncremental);
        Assert.Contains(typeof(Models.TinyGpt).GetNestedTypes(System.Reflection.BindingFlags.NonPublic), t => t.Name == "Decoding");
    }

    /// <summary>From the last attention on, only the last position is computed; equal blocks share their kernels.</summary>
    [Fact]
    public void The_kernels_of_a_step()
    {
        string actual = string.Join(", ", ModelCompiler.Steps(CompiledNetworks.Assembly.Spec("TinyGpt")).Steps.Single(s => s.Name == "Decode").Schedule.Kernels.Select(k => k.Name));
        const string block = "LayerNorm, MatMulAdd, MatMulAdd, MatMulAdd, CachedAttention, ";
        const string expected = "Slice, IndexSelectAdd, " + block + "MatMulAdd, LayerNorm, MatMulAddGelu, MatMulAdd, " + block + "Slice, Slice, MatMulAdd, LayerNorm, MatMulAddGelu, MatMulAdd, LayerNorm, MatMul";
        Assert.True(expected == actual, actual);
    }
}
