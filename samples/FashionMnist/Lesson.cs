using System.Diagnostics;
using System.Globalization;

namespace FashionMnist;

/// <summary>What the command line asks for.</summary>
sealed record Settings(string Model, string Data, int Epochs, int Batch, ulong Seed, FileInfo? Json);

/// <summary>Read, train, test.</summary>
static class Lesson
{
    const int DataIsMissing = 2;
    const double FirstRate = 2e-3;

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

        var screen = new Screen();
        screen.Line($"Fashion-MNIST: {train.Count:N0} images to train on, {test.Count:N0} others to test on; network {settings.Model}, {settings.Epochs} epochs, batch {settings.Batch}");
        var classifier = Classifier.Create(settings.Model, settings.Seed);
        var optimizer = new Adam(FirstRate);
        var clock = Stopwatch.StartNew();
        screen.Training(settings.Epochs, (onStep, onEpoch) => Trainer.Fit(classifier.Model, train.ToDataset(), new FitOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.Batch,
            Optimizer = optimizer,
            Seed = settings.Seed,
            OnStep = progress =>
            {
                // The rate falls in a straight line to 0: large steps first, and at the end the weights settle.
                double done = (progress.Epoch - 1 + ((double)progress.Step / progress.Steps)) / settings.Epochs;
                optimizer.LearningRate = FirstRate * (1 - done);
                onStep(progress);
            },
            OnEpoch = onEpoch,
        }));
        double seconds = clock.Elapsed.TotalSeconds;

        var correct = classifier.CorrectByClass(test);
        double accuracy = (double)correct.Sum(c => c.Correct) / test.Count;
        double loss = Trainer.Evaluate(classifier.Model, test.ToDataset());
        screen.Classes(correct);
        screen.Line($"test accuracy {accuracy:0.0000} ({correct.Sum(c => c.Correct)} of {test.Count}), loss {loss:0.0000}, trained {settings.Epochs} epochs in {seconds:0.0} s ({train.Count * settings.Epochs / seconds:N0} images/s)");
        if (settings.Json is not null) WriteJson(settings.Json, accuracy, loss, seconds, settings.Epochs);
        return 0;
    }

    static void WriteJson(FileInfo file, double accuracy, double loss, double seconds, int epochs) => File.WriteAllText(file.FullName,
        string.Create(CultureInfo.InvariantCulture, $$"""{"accuracy":{{accuracy:0.######}},"loss":{{loss:0.######}},"train_seconds":{{seconds:0.###}},"epochs":{{epochs}}}""") + "\n");
}
