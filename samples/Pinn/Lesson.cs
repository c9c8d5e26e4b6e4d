using System.Diagnostics;
using System.Globalization;

namespace Pinn;

/// <summary>What the command line asks for.</summary>
sealed record Settings(int Steps, int Points, double Rate, ulong Seed, FileInfo? Json);

/// <summary>Solve, compare, and solve the other way round.</summary>
static class Lesson
{
    const int Measurements = 200;
    const double Noise = 0.01;

    public static int Run(Settings settings)
    {
        var clock = Stopwatch.StartNew();
        Line($"u_t = a u_xx on a rod, with a = {HeatEquation.Diffusivity}: what is the temperature?");
        double error = Solve(settings);
        Line($"relative L2 error against the exact solution: {error:0.00e+0}   ({clock.Elapsed.TotalSeconds:0.0} s)");

        clock.Restart();
        Line($"the other way round: {Measurements} temperatures, each wrong by up to {Noise}: what is a?");
        double found = Find(settings);
        Line($"found a = {found:0.0000}, and {HeatEquation.Diffusivity} is true   ({clock.Elapsed.TotalSeconds:0.0} s)");
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName,
            string.Create(CultureInfo.InvariantCulture, $$"""{"relative_error":{{error:0.########}},"diffusivity":{{found:0.######}},"steps":{{settings.Steps}}}""") + "\n");
        return 0;
    }

    static double Solve(Settings settings)
    {
        var model = new HeatEquation();
        model.Initialize(settings.Seed);
        var points = new double[settings.Points * 2];
        Train(settings, (random, optimizer) =>
        {
            Rod.Draw(random, points);
            return model.TrainStep(points, optimizer);
        }, () => $"   relative error {Rod.RelativeError(model).ToString("0.00e+0", CultureInfo.InvariantCulture)}");
        return Rod.RelativeError(model);
    }

    static double Find(Settings settings)
    {
        var model = new DiffusivityFinder();
        model.Initialize(settings.Seed);
        var thermometer = new Random((int)(settings.Seed % int.MaxValue) + 1);
        double[] points = new double[settings.Points * 2], places = new double[Measurements * 2];
        Rod.Draw(thermometer, places);
        double[] measured = Rod.Measure(thermometer, places, Noise);
        Train(settings, (random, optimizer) =>
        {
            Rod.Draw(random, points);
            return model.TrainStep(points, places, measured, optimizer);
        }, () => $"   a {Diffusivity(model).ToString("0.0000", CultureInfo.InvariantCulture)}");
        return Diffusivity(model);
    }

    static double Diffusivity(DiffusivityFinder model) => model.Parameters["diffusivity.weight"].Values[0];

    // Other points in every step: the equation holds everywhere. The rate falls along a cosine to 0, so that the weights settle.
    static void Train(Settings settings, Func<Random, Optimizer, double> step, Func<string> state)
    {
        var optimizer = new Adam(settings.Rate);
        var random = new Random((int)(settings.Seed % int.MaxValue));
        double sum = 0;
        int summed = 0;
        for (int i = 1; i <= settings.Steps; i++)
        {
            optimizer.LearningRate = settings.Rate * 0.5 * (1 + Math.Cos(Math.PI * (i - 1) / settings.Steps));
            sum += step(random, optimizer);
            summed++;
            if (i % Math.Max(1, settings.Steps / 5) != 0 && i != settings.Steps) continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  step {i,5}   loss {sum / summed:0.00e+0}") + state());
            (sum, summed) = (0, 0);
        }
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
