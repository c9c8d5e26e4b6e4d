using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using ModelGen.MicroBenchmarks;

// In this process: the kernels are optimized from their first call, so nothing is gained by a process for each benchmark, which would be built anew each time.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
    .AddColumn(new GigaflopsColumn(), StatisticColumn.Min)
    .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.JoinSummary);
BenchmarkSwitcher.FromAssembly(typeof(MatMulBenchmarks).Assembly).Run(args, config);
