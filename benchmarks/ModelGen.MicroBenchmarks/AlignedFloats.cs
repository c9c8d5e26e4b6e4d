using System.Runtime.InteropServices;

namespace ModelGen.MicroBenchmarks;

/// <summary>Random numbers between -1 and 1 in native memory, aligned as a model's are. Lives as long as the process.</summary>
internal static unsafe class AlignedFloats
{
    public static float* Random(long count)
    {
        var random = new Random(1);
        float* memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)(count * sizeof(float))), 64);
        for (long i = 0; i < count; i++) memory[i] = (random.NextSingle() * 2) - 1;
        return memory;
    }
}
