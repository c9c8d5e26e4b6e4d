namespace ModelGen;

/// <summary>
/// How eager code runs. The default is inference: dropout passes its input on, batch norm uses its running statistics.
/// </summary>
/// <remarks>
/// A scope holds for the code between its beginning and its <c>Dispose</c>, on whatever thread that runs: behind an <c>await</c>, and in tasks and parallel loops that begin in it. It ends everywhere at
/// once, and other scopes that begin elsewhere do not see it. Threads that draw random numbers at the same time need a scope each.
/// </remarks>
public static class EagerMode
{
    static readonly AsyncLocal<Scope?> modes = new();
    static readonly AsyncLocal<StorageScope?> storages = new();

    // What random methods draw from outside of every scope: they go on and on, as the numbers of a program's one generator do.
    [ThreadStatic]
    static Scope? outside;

    /// <summary>True between <see cref="Training"/> and the end of its scope.</summary>
    public static bool IsTraining => Current is { IsTraining: true };

    /// <summary>
    /// Runs what follows as a training step does: dropout drops, batch norm uses the batch's statistics. Ends with <c>Dispose</c>; scopes nest.
    /// </summary>
    /// <param name="seed">The seed of dropout and of random methods; a model's own is the one it was initialised with.</param>
    /// <param name="step">The number of the training step: another step drops other elements and draws other numbers. Methods draw in order of their calls, from the beginning of the scope.</param>
    /// <param name="updateState">Whether running statistics are updated, in the model that a layer belongs to (or in the layer itself).</param>
    public static IDisposable Training(ulong seed = 0, long step = 0, bool updateState = false) => modes.Value = new Scope(seed, step, isTraining: true, updateState, Current);

    /// <summary>
    /// Runs what follows in inference form, with the random numbers that Predict and Evaluate of a model with this seed draw after so many training steps. Outside
    /// of every scope random methods draw on and on from seed 0. Ends with <c>Dispose</c>; scopes nest.
    /// </summary>
    /// <param name="seed">The seed of random methods; a model's own is the one it was initialised with.</param>
    /// <param name="step">How many training steps the model has made.</param>
    public static IDisposable Inference(ulong seed = 0, long step = 0) => modes.Value = new Scope(seed, step, isTraining: false, updateState: false, Current);

    /// <summary>What factors of products are rounded to here.</summary>
    internal static StorageFormat Storage => Innermost(storages)?.Format ?? StorageFormat.Precision;

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
        return storages.Value = new StorageScope(format, Innermost(storages));
    }

    internal static Scope? Current => Innermost(modes);

    /// <summary>Where random methods draw from: the innermost scope, or seed 0 and step 0.</summary>
    internal static Scope Source => Current ?? (outside ??= new Scope(seed: 0, step: 0, isTraining: false, updateState: false, outer: null));

    // A scope may end before those inside of it, and on another thread: the thread that asks passes over those that are over.
    static T? Innermost<T>(AsyncLocal<T?> scopes) where T : Nested<T>
    {
        T? last = scopes.Value, scope = last;
        while (scope is { IsOver: true }) scope = scope.Outer;
        if (scope != last) scopes.Value = scope;
        return scope;
    }

    /// <summary>A scope that others may lie in.</summary>
    internal abstract class Nested<T>(T? outer) : IDisposable where T : Nested<T>
    {
        volatile bool isOver;

        public T? Outer { get; } = outer;
        public bool IsOver => isOver;

        public void Dispose() => isOver = true;
    }

    sealed class StorageScope(StorageFormat format, StorageScope? outer) : Nested<StorageScope>(outer)
    {
        public StorageFormat Format { get; } = format;
    }

    internal sealed class Scope(ulong seed, long step, bool isTraining, bool updateState, Scope? outer) : Nested<Scope>(outer)
    {
        public ulong Seed { get; } = seed;
        public long Step { get; } = step;
        public bool IsTraining { get; } = isTraining;
        public bool UpdateState { get; } = updateState;

        /// <summary>How many random tensors methods have drawn in it.</summary>
        public int Draws { get; set; }
    }
}
