using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>How many random numbers a kernel draws.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct RandomShape
{
    /// <summary>The elements of the result.</summary>
    public nint Count { get; init; }
}

/// <summary>The random numbers of a training step, for dropout.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RandomFill
{
    /// <summary>
    /// y[i] = number i, in [0, 1), of a stream at a step: Philox under the key (seed XOR stream) with the step in the upper half of the counter. Every
    /// member of the team calls it and fills a part; no barrier at the end.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">How many.</param>
    /// <param name="seed">The model's seed.</param>
    /// <param name="step">The number of the training step.</param>
    /// <param name="stream">Which of the step's streams: one per layer.</param>
    /// <param name="y">The result.</param>
    public static void Uniform<V, T>(Team team, in RandomShape shape, ulong seed, long step, ulong stream, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(double)) Philox.Fill(team, seed ^ stream, (ulong)step, 0, (double*)y, shape.Count);
        else Philox.Fill(team, seed ^ stream, (ulong)step, 0, (float*)y, shape.Count);
    }
}
