using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Sequences that a model reads position by position. The session keeps the keys and values of all attention layers, so a further position costs one position's
/// work and a look at those before it, not the whole sequence again. Many sessions may use one model at once; a session serves one call at a time. Decoding
/// allocates nothing after the first call with a number of positions. Made by the model's <c>StartDecoding</c>.
/// </summary>
/// <remarks>Keys and values are those of the weights at the time: after training or loading a session goes on with <see cref="Reset"/> only.</remarks>
/// <typeparam name="TInput">int for tokens; the model's element type for features.</typeparam>
/// <typeparam name="T">The model's element type.</typeparam>
public abstract unsafe class DecodingSession<TInput, T> : IDisposable
    where TInput : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly DecodingPlan plan;
    readonly NativeArray cache;
    int busy, position;
    long version;
    bool disposed;

    /// <summary>For generated code.</summary>
    /// <param name="plan">What is known of the model.</param>
    /// <param name="capacity">Positions to have room for.</param>
    /// <param name="batch">Sequences side by side.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the capacity is above what the model has positions or the machine has memory for.</exception>
    protected DecodingSession(DecodingPlan plan, int capacity, int batch)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (capacity < 1) throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A decoding session needs room for at least 1 position.");
        if (batch < 1) throw new ArgumentOutOfRangeException(nameof(batch), batch, "A decoding session needs at least 1 sequence.");
        if (plan.Limit is var (parameter, positions) && capacity > positions) throw new ArgumentOutOfRangeException(nameof(capacity), capacity,
            string.Create(CultureInfo.InvariantCulture, $"{plan.Model} has {positions} positions, the rows of '{parameter}', so a decoding session cannot have room for {capacity}."));
        (this.plan, Capacity, Batch) = (plan, capacity, batch);
        const int Unit = CachedAttention.CapacityUnit, MostPositions = int.MaxValue / Unit * Unit;
        Int128 each = (Int128)plan.CacheUnit * batch * sizeof(T), bytes = each * Unit * (((long)capacity + Unit - 1) / Unit);
        if (capacity > MostPositions) throw TooLarge(string.Create(CultureInfo.InvariantCulture, $"no session has room for more than {MostPositions}"));
        CacheCapacity = (capacity + Unit - 1) / Unit * Unit;
        try
        {
            cache = new NativeArray(checked((long)bytes));
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            throw TooLarge("this machine does not have as much");
        }

        ArgumentOutOfRangeException TooLarge(string why) => new(nameof(capacity), capacity, string.Create(CultureInfo.InvariantCulture,
            $"A decoding session of {plan.Model} takes {each} bytes for each position, so room for {capacity} takes {bytes}: {why}."));
    }

    /// <summary>How many positions were decoded; the number of the next one.</summary>
    public int Position => position;

    /// <summary>How many positions the session has room for.</summary>
    public int Capacity { get; }

    /// <summary>How many sequences it decodes side by side.</summary>
    public int Batch { get; }

    /// <summary>The memory of the keys and values, in bytes.</summary>
    public long CacheBytes => cache.Bytes;

    /// <summary>For generated code: the positions that the cache's layout has room for.</summary>
    protected int CacheCapacity { get; }

    /// <summary>For generated code: the first element of the cache.</summary>
    protected T* Cache => (T*)cache.Pointer;

    /// <summary>For generated code: the memory for intermediate values.</summary>
    protected Workspace Workspace { get; } = new();

    /// <summary>
    /// Decodes the next position of each sequence, or several: reads them, keeps their keys and values, and gives the result of the last one. A prompt is best given
    /// in one call.
    /// </summary>
    /// <param name="input">The next positions, sequence by sequence: Batch times any number of positions.</param>
    /// <param name="output">Receives the result of the last position of each sequence: what may follow.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the result shares memory with the input.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">
    /// The session has no room for so many positions, the weights may have changed since it read the first of those that it holds, or another call is running; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Decode(ReadOnlySpan<TInput> input, Span<T> output)
    {
        Enter("This decoding session is used by another call that is still running; start a session for each thread.");
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            int length = Inputs.SolveSize(input.Length, (long)Batch * plan.Input.Unit, plan.Input.Name, plan.Input.Shape, "T");
            if (output.Length != (long)Batch * plan.Output.Unit) Inputs.RequireLength(output.Length, (long)Batch * plan.Output.Unit, plan.Output.Name, plan.Output.Shape, "");
            Inputs.RequireApart(output, plan.Output.Name, input, plan.Input.Name);
            if (plan.Vocabulary > 0) Inputs.RequireLabels(MemoryMarshal.Cast<TInput, int>(input), plan.Vocabulary, plan.Input.Name);
            if (length > Capacity - position) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The decoding session of {plan.Model} has room for {Capacity} positions and holds {position}; {length} more do not fit. Call Reset, or start one with a larger capacity."));
            // Read before the call: a change between here and there is seen by the next one.
            long current = WeightsVersion;
            if (position > 0 && current != version) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The decoding session of {plan.Model} holds {position} {(position == 1 ? "position" : "positions")} that were read before the model was trained, loaded or written to: their keys and values are those of other weights. Call Reset and begin again."));
            Run(input, output, length, position);
            (position, version) = (position + length, current);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The same for one token of one sequence.</summary>
    /// <param name="input">The next token.</param>
    /// <param name="output">Receives the result.</param>
    public void Decode(TInput input, Span<T> output) => Decode(new ReadOnlySpan<TInput>(in input), output);

    /// <summary>Forgets all positions: the next one is the first.</summary>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Reset() => Rewind(0);

    /// <summary>Forgets the positions from <paramref name="to"/> on: the next one takes that number. To try another continuation.</summary>
    /// <param name="to">How many positions stay.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or above <see cref="Position"/>.</exception>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Rewind(int to)
    {
        Enter("This decoding session is used by another call that is still running.");
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (to < 0 || to > position) throw new ArgumentOutOfRangeException(nameof(to), to, string.Create(CultureInfo.InvariantCulture, $"The session holds {position} positions; it can go back to 0 to {position}."));
            position = to;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Frees the memory.</summary>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    public void Dispose()
    {
        Enter("This decoding session cannot be disposed while a call is using it.");
        if (!disposed)
        {
            disposed = true;
            cache.Dispose();
            Workspace.Dispose();
        }
        Leave();
        GC.SuppressFinalize(this);
    }

    // One call at a time; the next one sees all that this one wrote.
    void Enter(string refusal)
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0) throw new InvalidOperationException(refusal);
    }

    void Leave() => Volatile.Write(ref busy, 0);

    /// <summary>For generated code: a number that grows with every call that may change the weights.</summary>
    protected abstract long WeightsVersion { get; }

    /// <summary>For generated code: computes <paramref name="length"/> positions from <paramref name="position"/> on.</summary>
    /// <param name="input">Checked.</param>
    /// <param name="output">Checked.</param>
    /// <param name="length">How many positions.</param>
    /// <param name="position">The number of the first.</param>
    protected abstract void Run(ReadOnlySpan<TInput> input, Span<T> output, int length, int position);
}
