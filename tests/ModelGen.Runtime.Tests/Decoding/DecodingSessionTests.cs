using System.Runtime.InteropServices;
using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.Decoding;

public sealed class DecodingSessionTests
{
    static DecodingPlan Plan(long cacheUnit) => new() { Model = "Gpt", Input = ("token", "[1, T]", 1), Output = ("scores", "[1, 1]", 1), CacheUnit = cacheUnit };

    [Theory]
    [InlineData(8, int.MaxValue)]
    [InlineData(0, int.MaxValue)]   // nothing to keep, but no such number of positions either
    [InlineData(1L << 42, 1000)]
    [InlineData(1L << 60, 1 << 20)]
    public void A_capacity_beyond_all_memory_is_refused_with_its_price(long cacheUnit, int capacity)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>("capacity", () => new Session(Plan(cacheUnit), capacity, batch: 2));
        Assert.Contains($"A decoding session of Gpt takes {(Int128)cacheUnit * 2 * sizeof(float)} bytes for each position, so room for {capacity} takes ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_memory_is_that_of_whole_units_of_positions()
    {
        using var session = new Session(Plan(8), capacity: 17, batch: 2);
        Assert.Equal(8 * 2 * 32 * sizeof(float), session.CacheBytes);
        Assert.Equal(17, session.Capacity);
    }

    [Fact]
    public void A_disposed_session_refuses()
    {
        var session = new Session(Plan(8), capacity: 4, batch: 1);
        session.Decode(3, new float[1]);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(session.Reset);
        Assert.Throws<ObjectDisposedException>(() => session.Rewind(0));
        Assert.Throws<ObjectDisposedException>(() => session.Decode(3, new float[1]));
        Assert.Equal(1, session.Position);
    }

    [Fact]
    public void A_result_in_the_memory_of_the_input_is_refused()
    {
        using var session = new Session(Plan(8), capacity: 4, batch: 1);
        float[] memory = [1, 2];
        var error = Assert.Throws<ArgumentException>(() => session.Decode(MemoryMarshal.Cast<float, int>(memory.AsSpan(0, 1)), memory.AsSpan(0, 1)));
        Assert.StartsWith("'scores' shares memory with 'token'.", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 1, 2), (session.Position, memory[0], memory[1]));
    }

    sealed class Session(DecodingPlan plan, int capacity, int batch) : DecodingSession<int, float>(plan, capacity, batch)
    {
        protected override long WeightsVersion => 0;

        protected override void Run(ReadOnlySpan<int> input, Span<float> output, int length, int position) => output.Clear();
    }
}
