namespace ModelGen;

/// <summary>
/// How eager code runs on this thread. The default is inference: dropout passes its input on, batch norm uses its running statistics.
/// </summary>
public static class EagerMode
{
    [ThreadStatic]
    static Scope? current;

    // What random methods draw from outside of every scope: they go on and on, as the numbers of a program's one generator do.
    [ThreadStatic]
    static Scope? outside;

    /// <summary>True between <see cref="Training"/> and the end of its scope.</summary>
    public static bool IsTraining => current is { IsTraining: true };

    /// <summary>
    /// Runs what follows as a training step does: dropout drops, batch norm uses the batch's statistics. Ends with <c>Dispose</c>; scopes nest.
    /// </summary>
    /// <param name="seed">The seed of dropout and of random methods; a model's own is the one it was initialised with.</param>
    /// <param name="step">The number of the training step: another step drops other elements and draws other numbers. Methods draw in order of their calls, from the beginning of the scope.</param>
    /// <param name="updateState">Whether running statistics are updated, in the model that a layer belongs to (or in the layer itself).</param>
    public static IDisposable Training(ulong seed = 0, long step = 0, bool updateState = false) => current = new Scope(seed, step, isTraining: true, updateState, current);

    /// <summary>
    /// Runs what follows in inference form, with the random numbers that Predict and Evaluate of a model with this seed draw after so many training steps. Outside
    /// of every scope random methods draw on and on from seed 0. Ends with <c>Dispose</c>; scopes nest.
    /// </summary>
    /// <param name="seed">The seed of random methods; a model's own is the one it was initialised with.</param>
    /// <param name="step">How many training steps the model has made.</param>
    public static IDisposable Inference(ulong seed = 0, long step = 0) => current = new Scope(seed, step, isTraining: false, updateState: false, current);

    [ThreadStatic]
    static StorageFormat storage;

    /// <summary>What factors of products are rounded to on this thread.</summary>
    internal static StorageFormat Storage => storage;

    /// <summary>
    /// Rounds the factors of matrix products, convolutions and attention in what follows, as a model with <c>[Model(Storage = ...)]</c> does (as torch.autocast): then
    /// its methods give eagerly what it computes compiled. Ends with <c>Dispose</c>; scopes nest, also with the others. A derivative that is taken eagerly rounds
    /// factors, too; what a training step keeps rounded for the way back is exact there.
    /// </summary>
    /// <param name="format">The model's format.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static IDisposable MixedPrecision(StorageFormat format)
    {
        if (!Enum.IsDefined(format)) throw new ArgumentOutOfRangeException(nameof(format), format, "The format must be one of StorageFormat.");
        var scope = new StorageScope(storage);
        storage = format;
        return scope;
    }

    sealed class StorageScope(StorageFormat outer) : IDisposable
    {
        bool isOver;

        public void Dispose()
        {
            if (isOver) return;
            isOver = true;
            storage = outer;
        }
    }

    internal static Scope? Current => current;

    /// <summary>Where random methods draw from: the innermost scope, or seed 0 and step 0.</summary>
    internal static Scope Source => current ?? (outside ??= new Scope(seed: 0, step: 0, isTraining: false, updateState: false, outer: null));

    internal sealed class Scope(ulong seed, long step, bool isTraining, bool updateState, Scope? outer) : IDisposable
    {
        public ulong Seed { get; } = seed;
        public long Step { get; } = step;
        public bool IsTraining { get; } = isTraining;
        public bool UpdateState { get; } = updateState;

        /// <summary>How many random tensors methods have drawn in it.</summary>
        public int Draws { get; set; }

        public void Dispose()
        {
            if (current == this) current = outer;
        }
    }
}
