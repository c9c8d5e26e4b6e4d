namespace CharLm;

/// <summary>Writes text: asks the network for the next character, draws one, and asks again.</summary>
sealed class Writer(Gpt model, Random random, double temperature)
{
    // The window of characters that the network sees, and its answer for each of its positions.
    readonly int[] window = new int[Gpt.Context];
    readonly float[] scores = new float[Gpt.Context * Alphabet.Count];

    /// <summary>The prompt and <paramref name="count"/> characters more.</summary>
    public string Continue(string prompt, int count)
    {
        var written = new List<int>(Alphabet.Encode(prompt));
        if (written.Count == 0) written.Add(0);
        for (int i = 0; i < count; i++) written.Add(Next(written));
        return string.Concat(written.Select(Alphabet.Character));
    }

    int Next(List<int> written)
    {
        // What stands behind the last character does not matter: no position looks forward.
        int length = Math.Min(written.Count, Gpt.Context);
        written.CopyTo(written.Count - length, window, 0, length);
        model.Predict(window, scores);
        return Draw(scores.AsSpan((length - 1) * Alphabet.Count, Alphabet.Count));
    }

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
