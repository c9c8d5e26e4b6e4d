using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>How many numbers a random stream gives to one step.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RandomShape
{
    /// <summary>Elements.</summary>
    public nint Count { get; init; }
}

/// <summary>Fills the random tensors of a training step: dropout's masks.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RandomFill
{
    /// <summary>
    /// y[i] = number i of a stream at a step, uniform in [0, 1). It depends only on the seed, the step, the stream and i. Every member of the
    /// team calls it and fills a part; no barrier at the end.
    /// </summary>
    public static void Uniform<V, T>(Team team, in RandomShape shape, ulong seed, long step, ulong stream, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) Philox.Fill(team, seed ^ stream, (ulong)step, 0, (float*)y, shape.Count);
        else Philox.Fill(team, seed ^ stream, (ulong)step, 0, (double*)y, shape.Count);
    }
}
