namespace ModelGen;

/// <summary>
/// How eager code runs on this thread. The default is inference: dropout passes its input on, batch norm uses its running statistics.
/// </summary>
public static class EagerMode
{
    [ThreadStatic]
    static Scope? current;

    /// <summary>True between <see cref="Training"/> and the end of its scope.</summary>
    public static bool IsTraining => current is not null;

    /// <summary>
    /// Runs what follows as a training step does: dropout drops, batch norm uses the batch's statistics. Ends with <c>Dispose</c>; scopes nest.
    /// </summary>
    /// <param name="seed">The seed of dropout; a model's own is the one it was initialised with.</param>
    /// <param name="step">The number of the training step: another step drops other elements.</param>
    /// <param name="updateState">Whether running statistics are updated, in the model that a layer belongs to (or in the layer itself).</param>
    public static IDisposable Training(ulong seed = 0, long step = 0, bool updateState = false) => current = new Scope(seed, step, updateState, current);

    internal static Scope? Current => current;

    internal sealed class Scope(ulong seed, long step, bool updateState, Scope? outer) : IDisposable
    {
        public ulong Seed { get; } = seed;
        public long Step { get; } = step;
        public bool UpdateState { get; } = updateState;

        public void Dispose()
        {
            if (current == this) current = outer;
        }
    }
}
