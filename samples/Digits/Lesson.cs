using System.Diagnostics;
using System.Globalization;

namespace Digits;

/// <summary>Train, test, show, save, load again.</summary>
static class Lesson
{
    public static int Run(int epochs, ulong seed, FileInfo? json)
    {
        var screen = new Screen();
        var all = DigitData.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz"));
        DigitData train = all.Where(row => row % 5 != 4), test = all.Where(row => row % 5 == 4);
        screen.Line($"{train.Count} digits to train on, {test.Count} others to test on");

        var model = new DigitNet();
        model.Initialize(seed);
        var clock = Stopwatch.StartNew();
        screen.Training(epochs, (onStep, onEpoch) => Trainer.Fit(model, train.ToDataset(), new FitOptions
        {
            Epochs = epochs,
            // Small batches and a high rate: with so few digits, noisy steps end in weights that serve other digits better.
            BatchSize = 16,
            Optimizer = new Adam(learningRate: 5e-3),
            Seed = seed,
            OnStep = onStep,
            OnEpoch = onEpoch,
        }));
        double seconds = clock.Elapsed.TotalSeconds;

        var predictions = new Predictions(model, test);
        double loss = Trainer.Evaluate(model, test.ToDataset());
        screen.ConfusionMatrix(predictions);
        screen.Digits(test, predictions, [0, 1, 2, 3, 4]);
        var wrong = predictions.Wrong.Take(5).ToArray();
        if (wrong.Length > 0)
        {
            screen.Line($"taken for another digit:");
            screen.Digits(test, predictions, wrong);
        }
        screen.Line($"test accuracy {predictions.Accuracy:0.0000} ({predictions.Correct} of {test.Count}), loss {loss:0.0000}, trained {epochs} epochs in {seconds:0.0} s");

        bool same = SaveAndLoad(model, test, predictions, screen);
        if (json is not null) WriteJson(json, predictions.Accuracy, loss, seconds, epochs);
        return same ? 0 : 1;
    }

    /// <summary>Saves the weights, loads them into a new model, and compares all scores bit for bit.</summary>
    static bool SaveAndLoad(DigitNet model, DigitData test, Predictions before, Screen screen)
    {
        const string Weights = "digits.safetensors";
        model.Save(Weights);
        var fresh = new DigitNet();
        fresh.Load(Weights);
        bool same = new Predictions(fresh, test).Scores.AsSpan().SequenceEqual(before.Scores);
        screen.Line($"saved {Weights} and loaded it into a new model: {(same ? "all predictions are equal" : "THE PREDICTIONS DIFFER")}");
        return same;
    }

    static void WriteJson(FileInfo file, double accuracy, double loss, double seconds, int epochs) => File.WriteAllText(file.FullName,
        string.Create(CultureInfo.InvariantCulture, $$"""{"accuracy":{{accuracy:0.######}},"loss":{{loss:0.######}},"train_seconds":{{seconds:0.###}},"epochs":{{epochs}}}""") + "\n");
}
