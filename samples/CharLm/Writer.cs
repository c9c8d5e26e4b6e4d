namespace CharLm;

/// <summary>
/// Writes text: asks the network for the next character, draws one, and asks again. The network reads each character once: a decoding session keeps what it knows
/// of the earlier ones.
/// </summary>
sealed class Writer(Gpt model, Random random, double temperature) : IDisposable
{
    readonly DecodingSession<int, float> session = model.StartDecoding();

    // A score for every character that may come next.
    readonly float[] scores = new float[Alphabet.Count];

    /// <summary>The prompt and <paramref name="count"/> characters more.</summary>
    public string Continue(string prompt, int count)
    {
        var written = new List<int>(Alphabet.Encode(prompt));
        if (written.Count == 0) written.Add(0);
        session.Reset();
        int read = Math.Max(0, written.Count - session.Capacity);
        for (int i = 0; i < count; i++)
        {
            // The context is full: the network goes on from its later half, which it reads again.
            if (session.Position == session.Capacity)
            {
                session.Reset();
                read = written.Count - (session.Capacity / 2);
            }
            session.Decode([.. written.Skip(read)], scores);
            read = written.Count;
            written.Add(Draw(scores));
        }
        return string.Concat(written.Select(Alphabet.Character));
    }

    /// <summary>Frees the session.</summary>
    public void Dispose() => session.Dispose();

    // A character with probability softmax(score / temperature); at temperature 0 the best one.
    int Draw(ReadOnlySpan<float> score)
    {
        int best = 0;
        for (int c = 1; c < score.Length; c++)
            if (score[c] > score[best]) best = c;
        if (temperature == 0) return best;
        double total = 0;
        foreach (float s in score) total += Math.Exp((s - score[best]) / temperature);
        double left = random.NextDouble() * total;
        for (int c = 0; c < score.Length; c++)
            if ((left -= Math.Exp((score[c] - score[best]) / temperature)) < 0) return c;
        return best;
    }
}
