using System.Diagnostics;
using System.Globalization;

namespace CharLm;

/// <summary>What the command line asks for.</summary>
sealed record Settings(string? Text, int Steps, int Batch, double Rate, ulong Seed, string Prompt, int Length, double Temperature, FileInfo? Json, FileInfo? Start);

/// <summary>Read, train, write.</summary>
static class Lesson
{
    const int DataIsMissing = 2;

    public static int Run(Settings settings)
    {
        Corpus corpus;
        try
        {
            string path = settings.Text ?? Corpus.Documentation() ?? throw new FileNotFoundException("No text was given, and this is not run inside the repository, whose documentation it would read: name a text file with --text FILE.");
            corpus = Corpus.Read(path);
            Line($"learning from {path}: {corpus.Count} characters, a tenth of them kept to test on");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return DataIsMissing;
        }

        var model = new Gpt();
        model.Initialize(settings.Seed);
        if (settings.Start is not null) model.Save(settings.Start.FullName);
        Line($"{model.Parameters.TotalCount} parameters, context {Gpt.Context}, batch {settings.Batch}");
        var optimizer = new AdamW(settings.Rate, weightDecay: 0.1);
        var random = new Random((int)(settings.Seed % int.MaxValue));
        var places = new Places(settings.Seed);
        int[] token = new int[settings.Batch * Gpt.Context], next = new int[settings.Batch * Gpt.Context];
        var clock = Stopwatch.StartNew();
        double sum = 0;
        int summed = 0;
        for (int step = 1; step <= settings.Steps; step++)
        {
            corpus.Draw(places, token, next);
            sum += model.TrainStep(token, next, optimizer);
            summed++;
            if (step % 100 != 0 && step != settings.Steps) continue;
            Line($"step {step,5}   loss {sum / summed:0.0000}   {clock.Elapsed.TotalSeconds / step * 1000:0.0} ms a step");
            (sum, summed) = (0, 0);
        }
        double seconds = clock.Elapsed.TotalSeconds, loss = corpus.Test(model, settings.Batch);
        Line($"test loss {loss:0.0000}; a guess among all characters would have {Math.Log(Alphabet.Count):0.0000}");
        Console.WriteLine();
        using (var writer = new Writer(model, random, settings.Temperature))
        {
            writer.Continue(settings.Prompt, Math.Min(settings.Length, Gpt.Context));   // the first steps are compiled
            clock.Restart();
            Console.WriteLine(writer.Continue(settings.Prompt, settings.Length));
            Console.WriteLine();
            Line($"{clock.Elapsed.TotalMilliseconds / Math.Max(1, settings.Length):0.000} ms a character; to read the whole context again for each would take {WholeContext(model):0.000} ms");
        }
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName,
            string.Create(CultureInfo.InvariantCulture, $$"""{"test_loss":{{loss:0.######}},"train_seconds":{{seconds:0.###}},"steps":{{settings.Steps}}}""") + "\n");
        return 0;
    }

    // What a character costs without a cache of keys and values.
    static double WholeContext(Gpt model)
    {
        const int Calls = 20;
        int[] window = new int[Gpt.Context];
        float[] scores = new float[Gpt.Context * Alphabet.Count];
        model.Predict(window, scores);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Calls; i++) model.Predict(window, scores);
        return clock.Elapsed.TotalMilliseconds / Calls;
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
