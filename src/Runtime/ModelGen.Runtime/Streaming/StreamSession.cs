using System.ComponentModel;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Sequences that come piece by piece, as from a sensor: what a model's loops over time carry from one piece to the next. Many sessions may use one model at once; a
/// session serves one call at a time. Made by the model's <c>StartStreaming</c>, whose session adds <c>Predict</c>.
/// </summary>
/// <remarks>After each piece the results are those that Predict gives of all pieces so far, as long as the weights stay the same. After training or loading, what is carried is that of the
/// weights before; <see cref="Reset"/> begins again.</remarks>
public abstract class StreamSession : IDisposable
{
    int busy;
    bool disposed;

    /// <summary>Forgets all pieces: the next one is the first.</summary>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Reset()
    {
        using var turn = Begin();
        Forget();
    }

    /// <summary>Frees the memory of the stream.</summary>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    public void Dispose()
    {
        Enter();
        disposed = true;
        Workspace.Dispose();
        Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>For generated code: the memory for intermediate values.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected Workspace Workspace { get; } = new();

    /// <summary>For generated code: sets what is carried to what the first piece begins with.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract void Forget();

    /// <summary>For generated code: the session is in use until the turn is disposed.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected Turn Begin()
    {
        Enter();
        if (!disposed) return new Turn(this);
        Leave();
        throw new ObjectDisposedException(GetType().Name);
    }

    // One call at a time; the next one sees all that this one wrote.
    void Enter()
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
            throw new InvalidOperationException("This streaming session is used by another call that is still running; start a session for each stream.");
    }

    void Leave() => Volatile.Write(ref busy, 0);

    /// <summary>For generated code: the right to use a session, until disposed.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected readonly ref struct Turn
    {
        readonly StreamSession session;

        internal Turn(StreamSession session) => this.session = session;

        /// <summary>Gives the right back.</summary>
        public void Dispose() => session.Leave();
    }
}
