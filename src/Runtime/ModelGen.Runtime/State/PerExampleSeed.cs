using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>The seeds of the random streams of single examples.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PerExampleSeed
{
    /// <summary>Each example draws its own numbers; the first one those of a batch of one.</summary>
    /// <param name="seed">The model's seed.</param>
    /// <param name="example">Which example, from 0.</param>
    public static ulong Of(ulong seed, long example) => unchecked(seed + ((ulong)example * 0x9E3779B97F4A7C15));
}
