using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.Execution;

/// <summary>The kernel draws the very numbers of the compiler's reference, which eager mode uses.</summary>
public sealed unsafe class RandomFillTests
{
    [Theory]
    [InlineData(0UL, 0L, 0UL, 1)]
    [InlineData(0x0123456789abcdefUL, 3L, 0xaf63dc4c8601ec8cUL, 77)]
    [InlineData(ulong.MaxValue, 0x100000005L, 1UL, 1030)]
    public void Equals_the_reference(ulong seed, long step, ulong stream, int count)
    {
        var single = new float[count];
        var twice = new double[count];
        fixed (float* s = single)
        fixed (double* d = twice)
        {
            RandomFill.Uniform<F32x1, float>(Team.Single, new RandomShape { Count = count }, seed, step, stream, s);
            RandomFill.Uniform<F64x1, double>(Team.Single, new RandomShape { Count = count }, seed, step, stream, d);
        }
        for (int i = 0; i < count; i++)
        {
            double expected = Compiler.Ir.Philox.Uniform(seed, (ulong)step, stream, i);
            Assert.Equal(expected, single[i]);
            Assert.Equal(expected, twice[i]);
        }
    }
}
