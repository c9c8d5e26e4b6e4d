using System.Numerics;
using System.Text.Json;
using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;
using ModelGen.Testing;

namespace ModelGen.Runtime.Tests.Optimizers;

/// <summary>Twenty steps of every optimizer, with clipping and groups, against PyTorch (tests/golden/optimizers.py).</summary>
[Collection("Vector width")]
public sealed class PyTorchTests
{
    const int Steps = 20;
    static readonly ModelLayout Layout = Layouts.Of("Net", Layouts.Weight("w", [5, 7]), Layouts.Weight("b", [3]));

    static readonly Dictionary<string, Dictionary<string, double[]>> Goldens =
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double[]>>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "optimizers.json")))!;

    public static TheoryData<string> Names => [.. Goldens.Keys];

    internal static Optimizer Create(string name) => name switch
    {
        "Sgd" => new Sgd(0.1, momentum: 0.9, weightDecay: 0.01),
        "Adam" => new Adam(0.01, weightDecay: 0.1),
        "AdamW" => new AdamW(0.01, weightDecay: 0.1),
        "RmsProp" => new RmsProp(0.01, alpha: 0.95, weightDecay: 0.1),
        "RmsProp momentum" => new RmsProp(0.01, alpha: 0.95, momentum: 0.9),
        "RmsProp centered" => new RmsProp(0.01, alpha: 0.95, momentum: 0.5, centered: true),
        "Adagrad" => new Adagrad(0.1, rateDecay: 0.01, initialSum: 0.2, weightDecay: 0.1),
        "Adadelta" => new Adadelta(0.5, weightDecay: 0.1),
        "Adamax" => new Adamax(0.01, weightDecay: 0.1),
        "NAdam" => new NAdam(0.01, weightDecay: 0.1),
        "RAdam" => new RAdam(0.01, weightDecay: 0.1),
        "Lion" => new Lion(0.01, weightDecay: 0.1),
        "Lamb" => new Lamb(0.01, weightDecay: 0.1),
        "Adafactor" => new Adafactor(0.1, weightDecay: 0.1),
        "Adafactor unclipped" => new Adafactor(0.1, decay: -0.5, clipThreshold: 3),
        "Muon" => new Muon(0.01),
        "Muon original" => new Muon(0.01, weightDecay: 0, nesterov: false) { MatchesAdamW = false },
        "clip norm" => new Adam(0.01) { MaxGradientNorm = 0.5 },
        "clip value" => new Adam(0.01) { MaxGradientValue = 0.25 },
        "groups" => new AdamW(0.01, weightDecay: 0.1) { Groups = [ParameterGroup.NoDecay, new("w*") { LearningRateScale = 10 }] },
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_equal_PyTorch(string name)
    {
        var before = Simd.Width;
        foreach (var width in Enum.GetValues<SimdWidth>())
        {
            Simd.Width = width;
            try
            {
                Compare<double>(name, 1e-12);
                Compare<float>(name, 2e-6);
            }
            finally
            {
                Simd.Width = before;
            }
        }
    }

    static void Compare<T>(string name, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var state = new ModelState<T>(Layout);
        var optimizer = Create(name);
        Draw(new Lcg(1), p => p.Values);
        var random = new Lcg(2);
        for (int step = 0; step < Steps; step++)
        {
            Draw(random, p => p.Gradient);
            OptimizerTests.Step(optimizer, state);
        }
        Assert.Equal(Steps, optimizer.StepCount);
        foreach (var (parameter, expected) in Goldens[name])
        {
            var actual = state.Parameters[parameter].Values.ToDoubleArray();
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{name}, {Simd.Width}, {parameter}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }

        void Draw(Lcg lcg, Func<Parameter, ParameterView> view)
        {
            foreach (var parameter in state.Parameters)
                view(parameter).CopyFrom([.. Enumerable.Range(0, parameter.Length).Select(_ => lcg.Next(-1, 1))]);
        }
    }

    [Theory]
    [InlineData("Lamb")]
    [InlineData("Adafactor")]
    [InlineData("Muon")]
    [InlineData("clip norm")]
    [InlineData("groups")]
    [InlineData("NAdam")]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        var (threads, work) = (ModelGenOptions.Threads, WorkerPool.WorkOfOneThread);
        try
        {
            WorkerPool.WorkOfOneThread = 0;
            float[][] results = [.. new[] { 1, 2, 3 }.Select(count =>
            {
                ModelGenOptions.Threads = count;
                using var state = new ModelState<float>(Layouts.Of("Net", Layouts.Weight("w", [5000]), Layouts.Weight("v", [3, 700]), Layouts.Weight("b", [3])));
                var optimizer = Create(name);
                var random = new Lcg(4);
                for (int step = 0; step < 3; step++)
                {
                    foreach (var p in state.Parameters) p.Gradient.CopyFrom([.. Enumerable.Range(0, p.Length).Select(_ => random.Next(-1, 1))]);
                    OptimizerTests.Step(optimizer, state);
                }
                return state.Parameters.SelectMany(p => p.Values.ToArray()).ToArray();
            })];
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            (ModelGenOptions.Threads, WorkerPool.WorkOfOneThread) = (threads, work);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Warm_steps_allocate_nothing(string name)
    {
        using var state = new ModelState<float>(Layout);
        foreach (var p in state.Parameters) p.Gradient.Fill(0.5);
        var optimizer = Create(name);
        OptimizerTests.Step(optimizer, state);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) OptimizerTests.Step(optimizer, state);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
