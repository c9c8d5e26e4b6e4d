using System.Diagnostics;
using System.Globalization;
using FashionMnist;

namespace RowReader;

/// <summary>What the command line asks for.</summary>
sealed record Settings(string Data, int Epochs, int Batch, double Rate, ulong Seed, FileInfo? Json);

/// <summary>Read, train, test.</summary>
static class Lesson
{
    const int DataIsMissing = 2;

    public static int Run(Settings settings)
    {
        var missing = FashionData.Missing(settings.Data);
        if (missing.Count > 0)
        {
            Console.Error.WriteLine(FashionData.HowToGet(settings.Data, missing));
            return DataIsMissing;
        }
        FashionData train, test;
        try
        {
            (train, test) = (FashionData.Read(settings.Data, "train"), FashionData.Read(settings.Data, "t10k"));
        }
        catch (InvalidDataException damaged)
        {
            Console.Error.WriteLine(damaged.Message);
            return DataIsMissing;
        }

        Line($"Fashion-MNIST by rows: {train.Count} images to train on, {test.Count} others to test on; {settings.Epochs} epochs, batch {settings.Batch}");
        var model = new LstmReader();
        model.Initialize(settings.Seed);
        var optimizer = new Adam(settings.Rate);
        var clock = Stopwatch.StartNew();
        Trainer.Fit(model, train.ToDataset(), new FitOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.Batch,
            Optimizer = optimizer,
            Seed = settings.Seed,
            // The rate falls in a straight line to 0: large steps first, and at the end the weights settle.
            OnStep = p => optimizer.LearningRate = settings.Rate * (1 - ((p.Epoch - 1 + ((double)p.Step / p.Steps)) / settings.Epochs)),
            OnEpoch = e => Line($"epoch {e.Epoch,3} of {settings.Epochs}   loss {e.Loss:0.0000}   {e.Duration.TotalSeconds:0.0} s"),
        });
        double seconds = clock.Elapsed.TotalSeconds;

        int correct = Correct(model, test);
        double accuracy = (double)correct / test.Count;
        Line($"test accuracy {accuracy:0.0000} ({correct} of {test.Count}), trained in {seconds:0.0} s ({train.Count * settings.Epochs / seconds:0} images/s)");
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName,
            string.Create(CultureInfo.InvariantCulture, $$"""{"accuracy":{{accuracy:0.######}},"train_seconds":{{seconds:0.###}},"epochs":{{settings.Epochs}}}""") + "\n");
        return 0;
    }

    static int Correct(LstmReader model, FashionData data)
    {
        const int Batch = 500;
        var scores = new float[Batch * FashionData.Classes];
        int correct = 0;
        for (int start = 0; start < data.Count; start += Batch)
        {
            int count = Math.Min(Batch, data.Count - start);
            var output = scores.AsSpan(0, count * FashionData.Classes);
            model.Predict(data.Images.AsSpan(start * FashionData.Pixels, count * FashionData.Pixels), output);
            for (int i = 0; i < count; i++)
            {
                var own = output.Slice(i * FashionData.Classes, FashionData.Classes);
                int best = 0;
                for (int c = 1; c < own.Length; c++)
                    if (own[c] > own[best]) best = c;
                if (best == data.Labels[start + i]) correct++;
            }
        }
        return correct;
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
