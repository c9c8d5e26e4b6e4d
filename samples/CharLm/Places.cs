namespace CharLm;

/// <summary>
/// Random places in the text: SplitMix64 (Steele, Lea and Flood, 2014), a few lines in any language, so that another program can train on the same pieces.
/// </summary>
sealed class Places(ulong seed)
{
    ulong state = seed;

    /// <summary>A number in [0, count).</summary>
    public int Next(int count)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)count);
    }
}
