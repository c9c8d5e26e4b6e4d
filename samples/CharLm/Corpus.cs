namespace CharLm;

/// <summary>The text to learn from, as numbers: nine tenths to train on, the rest to test on.</summary>
sealed class Corpus
{
    readonly int[] tokens;
    readonly int trained;

    Corpus(int[] tokens) => (this.tokens, trained) = (tokens, tokens.Length * 9 / 10);

    public int Count => tokens.Length;

    /// <summary>Reads a text file, or all .md and .txt files below a folder, in the order of their paths.</summary>
    /// <exception cref="InvalidDataException">There is too little text.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Corpus Read(string path)
    {
        string[] files = Directory.Exists(path)
            ? [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".md" or ".txt").Order(StringComparer.Ordinal)]
            : [path];
        int[] tokens = Alphabet.Encode(string.Join("\n\n", files.Select(File.ReadAllText)));
        const int Least = 20 * (Gpt.Context + 1);
        if (tokens.Length < Least) throw new InvalidDataException($"{path} has {tokens.Length} characters that count, in {files.Length} files; at least {Least} are needed.");
        return new Corpus(tokens);
    }

    /// <summary>The repository's documentation: what this program learns from when it is given no text.</summary>
    public static string? Documentation()
    {
        for (string? folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "ModelGen.sln"))) return Path.Combine(folder, "docs");
        return null;
    }

    /// <summary>Fills a batch with pieces from random places of the training part, and the same pieces one character later.</summary>
    public void Draw(Places places, int[] token, int[] next)
    {
        for (int row = 0; row < token.Length / Gpt.Context; row++) Copy(places.Next(trained - Gpt.Context), row, token, next);
    }

    /// <summary>The mean loss on the test part, cut into pieces.</summary>
    public double Test(Gpt model, int batch)
    {
        int[] token = new int[batch * Gpt.Context], next = new int[batch * Gpt.Context];
        int pieces = Math.Min((tokens.Length - trained - 1) / Gpt.Context / batch * batch, 64 * batch);
        double sum = 0;
        for (int piece = 0; piece < pieces; piece += batch)
        {
            for (int row = 0; row < batch; row++) Copy(trained + ((piece + row) * Gpt.Context), row, token, next);
            sum += model.Evaluate(token, next) * batch;
        }
        return pieces == 0 ? double.NaN : sum / pieces;
    }

    void Copy(int start, int row, int[] token, int[] next)
    {
        tokens.AsSpan(start, Gpt.Context).CopyTo(token.AsSpan(row * Gpt.Context));
        tokens.AsSpan(start + 1, Gpt.Context).CopyTo(next.AsSpan(row * Gpt.Context));
    }
}
