using ModelGen.Compiler.Ir;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>The generator against the known answers of the Random123 distribution (philox4x32, 10 rounds), and its numbering.</summary>
public sealed class PhiloxTests
{
    [Theory]
    [InlineData(new uint[] { 0, 0, 0, 0 }, 0u, 0u, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, 0xffffffffu, 0xffffffffu, new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, 0xa4093822u, 0x299f31d0u, new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Known_answers(uint[] counter, uint key0, uint key1, uint[] expected) => Assert.Equal(expected, Philox.Block(counter, key0, key1));

    [Fact]
    public void Elements_are_numbered_by_block_step_and_key()
    {
        ulong seed = 0x0123456789abcdef, stream = Philox.Stream("blocks.0.dropout"), step = 0x100000005, key = seed ^ stream;
        long element = (5L << 34) + 11;
        var block = Philox.Block([(uint)(element / 4), (uint)((ulong)(element / 4) >> 32), 5, 1], (uint)key, (uint)(key >> 32));
        Assert.Equal((block[3] >> 8) / 16777216.0, Philox.Uniform(seed, step, stream, element));
    }

    [Fact]
    public void A_stream_is_the_FNV_1a_hash_of_its_name()
    {
        Assert.Equal(0xcbf29ce484222325, Philox.Stream(""));
        Assert.Equal(0xaf63dc4c8601ec8c, Philox.Stream("a"));
        Assert.Equal(0x85944171f73967e8, Philox.Stream("foobar"));
    }

    [Fact]
    public void Numbers_are_uniform()
    {
        var numbers = Enumerable.Range(0, 20000).Select(i => Philox.Uniform(1, 2, 3, i)).ToArray();
        Assert.All(numbers, u => Assert.InRange(u, 0, 1 - (1.0 / (1 << 24))));
        Assert.Equal(0.5, numbers.Average(), 0.01);
        Assert.Equal(1.0 / 12, numbers.Average(u => (u - 0.5) * (u - 0.5)), 0.005);
    }
}
