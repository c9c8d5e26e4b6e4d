using System.Diagnostics;
using System.Globalization;
using Digits;

namespace Autoencoding;

/// <summary>What the command line asks for.</summary>
sealed record Settings(int Epochs, int Batch, double Rate, ulong Seed, FileInfo? Json);

/// <summary>Train, measure the bound, copy digits and invent some.</summary>
static class Lesson
{
    public static int Run(Settings settings)
    {
        var all = DigitData.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz"));
        DigitData train = all.Where(row => row % 5 != 4), test = all.Where(row => row % 5 == 4);
        var model = new Autoencoder();
        model.Initialize(settings.Seed);
        var data = new Dataset().With("image", train.Images, rowSize: DigitData.Pixels);
        int steps = settings.Epochs * ((train.Count + settings.Batch - 1) / settings.Batch), every = Math.Max(1, settings.Epochs / 5);
        var clock = Stopwatch.StartNew();
        Trainer.Fit(model, data, new FitOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.Batch,
            Optimizer = new Adam(settings.Rate),
            Schedule = new CosineSchedule(steps),
            Seed = settings.Seed,
            OnEpoch = e => { if (e.Epoch % every == 0 || e.Epoch == settings.Epochs) Line($"epoch {e.Epoch,4} of {settings.Epochs}   bound {-e.Loss:0.000} nats"); },
        });
        double seconds = clock.Elapsed.TotalSeconds;

        double bound = -model.Evaluate(test.Images), without = -Independent(train, test);
        Line($"evidence lower bound of {test.Count} other digits: {bound:0.000} nats an image; pixels that know nothing of each other: {without:0.000}");
        float[] pictures = new float[test.Images.Length], codes = new float[test.Count * Autoencoder.Code];
        model.Predict(test.Images, pictures, codes);
        Line($"digits, and what is left of them in {Autoencoder.Code} numbers:");
        Show(test.Images);
        Show(pictures);

        // The decoder works without the encoder: its weights are copied into a model of its own.
        var painter = new Painter();
        painter.Parameters.CopyFrom(model.Parameters, from: "decoder", to: "decoder");
        var random = new Random((int)(settings.Seed % int.MaxValue));
        for (int i = 0; i < codes.Length; i++) codes[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        painter.Predict(codes, pictures);
        Line($"pictures of random codes:");
        Show(pictures);
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName, string.Create(CultureInfo.InvariantCulture,
            $$"""{"bound":{{bound:0.####}},"independent":{{without:0.####}},"train_seconds":{{seconds:0.###}},"epochs":{{settings.Epochs}}}""") + "\n");
        return 0;
    }

    /// <summary>The cross-entropy in nats an image of the best model without any code: each pixel has the mean of the training images.</summary>
    static double Independent(DigitData train, DigitData test)
    {
        double total = 0;
        for (int pixel = 0; pixel < DigitData.Pixels; pixel++)
        {
            double mean = Enumerable.Range(0, train.Count).Average(i => train.Images[(i * DigitData.Pixels) + pixel]);
            mean = Math.Clamp(mean, 1e-4, 1 - 1e-4);
            for (int i = 0; i < test.Count; i++)
            {
                double x = test.Images[(i * DigitData.Pixels) + pixel];
                total -= (x * Math.Log(mean)) + ((1 - x) * Math.Log(1 - mean));
            }
        }
        return total / test.Count;
    }

    /// <summary>The first six images side by side, two characters a pixel.</summary>
    static void Show(ReadOnlySpan<float> images)
    {
        const string Shades = " .:-=+*#%@";
        for (int row = 0; row < 8; row++)
        {
            var line = new System.Text.StringBuilder();
            for (int image = 0; image < 6; image++)
            {
                foreach (float p in images.Slice((image * DigitData.Pixels) + (row * 8), 8)) line.Append(Shades[(int)(p * (Shades.Length - 1))], 2);
                line.Append("   ");
            }
            Console.WriteLine(line.ToString().TrimEnd());
        }
        Console.WriteLine();
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
