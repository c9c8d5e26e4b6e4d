using System.Diagnostics;
using System.Globalization;

namespace Balancing;

/// <summary>What the command line asks for.</summary>
sealed record Settings(string Method, int Updates, int Steps, ulong Seed, FileInfo? Json);

/// <summary>Learn, and be examined in a hundred episodes.</summary>
static class Lesson
{
    public const string Policy = "policy", Q = "q";

    const int Examinations = 100;

    public static int Run(Settings settings)
    {
        var clock = Stopwatch.StartNew();
        var (agent, episodes) = settings.Method == Policy
            ? PolicyGradient.Train(settings.Updates, episodes: 16, settings.Seed, Console.WriteLine)
            : QLearning.Train(settings.Steps, settings.Seed, Console.WriteLine);
        double seconds = clock.Elapsed.TotalSeconds, mean = Examination.MeanReturn(agent, Examinations, seed: 1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"mean return {mean:0.0} over {Examinations} episodes (the most is {CartPole.MaxSteps}, 475 counts as solved), learnt in {episodes} episodes and {seconds:0.0} s"));
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName, string.Create(CultureInfo.InvariantCulture,
            $$"""{"mean_return":{{mean:0.##}},"episodes":{{episodes}},"train_seconds":{{seconds:0.###}}}""") + "\n");
        return 0;
    }
}
