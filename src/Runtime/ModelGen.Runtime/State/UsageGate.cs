namespace ModelGen.Execution;

/// <summary>
/// Lets any number of readers in, or one writer, and never waits: whoever does not fit gets an exception that says which two
/// calls collide.
/// </summary>
internal sealed class UsageGate(string owner)
{
    const int Writing = -1, Closed = int.MinValue;
    int usage;   // readers, or Writing, or Closed
    string writer = "";
    string reader = "";

    public void EnterRead(string member)
    {
        for (int seen = Volatile.Read(ref usage); ;)
        {
            if (seen < 0) throw Refusal(member, seen);
            int found = Interlocked.CompareExchange(ref usage, seen + 1, seen);
            if (found == seen) break;
            seen = found;
        }
        reader = member;
    }

    public void ExitRead() => Interlocked.Decrement(ref usage);

    public void EnterWrite(string member)
    {
        int seen = Interlocked.CompareExchange(ref usage, Writing, 0);
        if (seen != 0) throw Refusal(member, seen);
        writer = member;
    }

    public void ExitWrite() => Volatile.Write(ref usage, 0);

    public void Close()
    {
        int seen = Interlocked.CompareExchange(ref usage, Closed, 0);
        if (seen is not (0 or Closed)) throw Refusal("Dispose", seen);
    }

    public bool IsClosed => Volatile.Read(ref usage) == Closed;

    Exception Refusal(string member, int seen) => seen switch
    {
        Closed => new ObjectDisposedException(owner),
        Writing => new InvalidOperationException(
            $"'{member}' of {owner} was called while '{writer}' is running, which needs the model for itself. Wait until it has returned, or use two models."),
        _ => new InvalidOperationException(
            $"'{member}' of {owner} needs the model for itself, but {seen} other {(seen == 1 ? "call" : "calls")} ('{reader}') {(seen == 1 ? "is" : "are")} running. Wait until {(seen == 1 ? "it has" : "they have")} returned, or use two models."),
    };
}
