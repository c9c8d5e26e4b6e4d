using System.Diagnostics;
using System.Globalization;

namespace GanLesson;

/// <summary>What the command line asks for.</summary>
sealed record Settings(int Steps, int Batch, double Rate, ulong Seed, FileInfo? Json);

/// <summary>Two networks in turns, and a judgement.</summary>
static class Lesson
{
    const int Judged = 2000;

    public static int Run(Settings settings)
    {
        // The average of the generator's weights makes better points than the weights of any one step, which run in circles.
        Gan gan = new(), average = new();
        gan.Initialize(settings.Seed);
        average.Parameters.CopyFrom(gan.Parameters);
        Adam fool = new(settings.Rate, beta1: 0.5), judge = new(settings.Rate, beta1: 0.5);
        var random = new Random((int)(settings.Seed % int.MaxValue));
        float[] real = new float[2 * settings.Batch], noise = new float[Gan.Noise * settings.Batch];
        var clock = Stopwatch.StartNew();
        double fooled = 0, judged = 0;
        int every = Math.Max(1, settings.Steps / 8);
        for (int step = 1; step <= settings.Steps; step++)
        {
            Ring.Draw(random, real);
            Ring.DrawNoise(random, noise);
            judged += gan.JudgeStep(real, noise, judge);
            Ring.DrawNoise(random, noise);
            fooled += gan.FoolStep(noise, fool);
            // Both rates fall to 0 in the last half.
            fool.LearningRate = judge.LearningRate = settings.Rate * Math.Min(1, 2.0 * (settings.Steps - step) / settings.Steps);
            average.Parameters.MoveTowards(gan.Parameters, 0.005);
            if (step % every != 0 && step != settings.Steps) continue;
            var now = Judge(average, settings.Seed);
            Line($"step {step,5}   generator {fooled / every:0.000}   discriminator {judged / every:0.000}   {now.Modes} of {Ring.Modes} modes   {now.Share:0.000} near a centre   distance {now.Distance:0.0000}");
            (fooled, judged) = (0, 0);
        }
        double seconds = clock.Elapsed.TotalSeconds;

        var verdict = Judge(average, settings.Seed + 1);
        Picture(Points(average, settings.Seed + 1));
        Line($"{verdict.Modes} of {Ring.Modes} modes, {verdict.Share:0.000} of the points within three deviations of a centre (of the data: 0.989), energy distance {verdict.Distance:0.0000}, {seconds:0.0} s");
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName,
            string.Create(CultureInfo.InvariantCulture, $$"""{"modes":{{verdict.Modes}},"share":{{verdict.Share:0.####}},"distance":{{verdict.Distance:0.######}},"train_seconds":{{seconds:0.###}},"steps":{{settings.Steps}}}""") + "\n");
        return 0;
    }

    static float[] Points(Gan gan, ulong seed)
    {
        float[] noise = new float[Gan.Noise * Judged], points = new float[2 * Judged];
        Ring.DrawNoise(new Random((int)(seed % int.MaxValue) ^ 0x5eed), noise);
        gan.Predict(noise, points);
        return points;
    }

    static Judgement Judge(Gan gan, ulong seed)
    {
        var real = new float[2 * Judged];
        Ring.Draw(new Random((int)(seed % int.MaxValue) ^ 0xda7a), real);
        return Judgement.Of(Points(gan, seed), real);
    }

    /// <summary>The points as characters: the more in a cell, the darker.</summary>
    static void Picture(float[] points)
    {
        const int Rows = 25, Columns = 50;
        const string Shades = " .:-=+*#%@";
        var cells = new int[Rows, Columns];
        for (int i = 0; i < points.Length; i += 2)
        {
            int column = (int)((points[i] + 2.5) / 5 * Columns), row = (int)((2.5 - points[i + 1]) / 5 * Rows);
            if (column is >= 0 and < Columns && row is >= 0 and < Rows) cells[row, column]++;
        }
        for (int row = 0; row < Rows; row++)
            Console.WriteLine(string.Concat(Enumerable.Range(0, Columns).Select(c => Shades[Math.Min(Shades.Length - 1, (cells[row, c] + 3) / 4)])).TrimEnd());
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
