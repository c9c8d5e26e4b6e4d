namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class PhiloxTests
{
    /// <summary>The known answers that the authors publish for philox4x32 with 10 rounds.</summary>
    [Fact]
    public void Gives_the_published_numbers()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block(0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox.Block(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u),
            Philox.Block(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e));
    }

    [Theory]
    [InlineData(0ul, 0ul, 0ul)]
    [InlineData(7ul, 3ul, 13ul)]
    [InlineData(ulong.MaxValue, 1ul << 40, (1ul << 34) - 5)]
    public void Filling_equals_drawing_one_by_one_on_any_team(ulong seed, ulong stream, ulong offset)
    {
        foreach (int count in new[] { 0, 1, 3, 31, 67, 1024, 5001 })
            foreach (int threads in OnTeam.Sizes)
            {
                using var single = new GuardedArray<float>(count);
                using var both = new GuardedArray<double>(count);
                float* p = single.Pointer;
                double* q = both.Pointer;
                OnTeam.Run(threads, team =>
                {
                    Philox.Fill(team, seed, stream, offset, p, count);
                    Philox.Fill(team, seed, stream, offset, q, count);
                });
                for (int i = 0; i < count; i++)
                {
                    Assert.Equal(Philox.Uniform(seed, stream, offset + (ulong)i), p[i]);
                    Assert.Equal(p[i], q[i]);
                    Assert.InRange(p[i], 0f, 0.99999995f);
                }
            }
    }

    [Fact]
    public void Is_uniform()
    {
        const int Count = 200_000;
        using var numbers = new GuardedArray<float>(Count);
        Philox.Fill(Team.Single, 1, 2, 0, numbers.Pointer, Count);
        double mean = 0, square = 0;
        foreach (float x in numbers.Values)
        {
            mean += x / (double)Count;
            square += x * (double)x / Count;
        }
        Assert.InRange(mean, 0.497, 0.503);
        Assert.InRange(square - mean * mean, 1 / 12.0 - 0.001, 1 / 12.0 + 0.001);
    }
}
