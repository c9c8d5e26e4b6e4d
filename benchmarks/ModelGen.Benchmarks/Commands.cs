using System.CommandLine;
using System.Globalization;
using ModelGen.Benchmarks.Measuring;

namespace ModelGen.Benchmarks;

/// <summary>The command line.</summary>
internal static class Commands
{
    public static int Run(string[] args)
    {
        var workload = new Option<string[]>("--workload") { Description = "What to time; a prefix takes all that begin so.", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = "Times every workload." };
        var threads = new Option<int>("--threads") { Description = "How many threads a call may use.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "How long each workload is measured.", DefaultValueFactory = _ => 2 };
        var check = new Option<bool>("--check") { Description = "First compares each workload's numbers with the eager reference." };
        var firstStep = new Option<bool>("--first-step") { Description = "Prints how long this process took from its start to the end of the first step of W1; with --threads behind it and nothing else, without the time that reading the command line takes." };
        var busy = new Option<bool>("--busy") { Description = "Also times each workload while as many processes as there are processors keep them busy." };
        var spin = new Option<int>("--spin") { Description = "Keeps one processor busy until the process of this number has ended; what --busy starts.", Hidden = true };
        var command = new RootCommand("Times ModelGen's training steps and predictions. One line of JSON for each. Build in Release.")
        {
            workload, all, threads, seconds, check, firstStep, busy, spin,
        };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(spin) is > 0 and var parent) return OtherWork.Spin(parent);
            ModelGenOptions.Threads = arguments.GetValue(threads);
            if (arguments.GetValue(firstStep)) return FirstStep.Print(arguments.GetValue(threads));
            string[] wanted = arguments.GetValue(workload) ?? [];
            var chosen = Workloads.All.Where(w => arguments.GetValue(all) || wanted.Any(p => w.Id.StartsWith(p, StringComparison.Ordinal))).ToArray();
            if (chosen.Length == 0)
            {
                Console.Error.WriteLine($"Nothing to time: give --all, or --workload with one of {string.Join(", ", Workloads.All.Select(w => w.Id))}.");
                return 1;
            }
            double peak = Peak.GigaflopsOfOneCore();
            foreach (var item in chosen)
            {
                var subject = item.Open();
                if (arguments.GetValue(check))
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{item.Id}: equal to eager, largest relative difference {subject.Check():g2}"));
                var time = Timing.Of(subject.Run, arguments.GetValue(seconds));
                double gigaflops = 2e-3 * subject.MultiplyAdds / time.Median;
                var line = string.Create(CultureInfo.InvariantCulture,
                    $$"""{"workload":"{{item.Id}}","threads":{{ModelGenOptions.Threads}},"us":{{time.Median:0.###}},"mean":{{time.Mean:0.###}},"min":{{time.Min:0.###}},"max":{{time.Max:0.###}},"gflops":{{gigaflops:0.##}},"peak_fraction":{{gigaflops / (peak * ModelGenOptions.Threads):0.###}}""");
                if (arguments.GetValue(busy))
                {
                    using var other = new OtherWork(Environment.ProcessorCount);
                    var disturbed = Timing.Of(subject.Run, arguments.GetValue(seconds));
                    line += string.Create(CultureInfo.InvariantCulture,
                        $$""","busy_us":{{disturbed.Median:0.###}},"busy_mean":{{disturbed.Mean:0.###}},"busy_max":{{disturbed.Max:0.###}},"busy_ratio":{{disturbed.Mean / time.Mean:0.##}}""");
                }
                Console.WriteLine(line + "}");
            }
            return 0;
        });
        return command.Parse(args).Invoke();
    }
}
