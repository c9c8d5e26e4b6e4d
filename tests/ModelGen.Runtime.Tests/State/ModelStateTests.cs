using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.State;

public sealed unsafe class ModelStateTests
{
    static readonly ModelLayout Layout = Layouts.Of("Net",
        Layouts.Weight("conv.weight", [4, 3, 2], storageAxes: [1, 2, 0]), Layouts.Weight("conv.bias", [4]),
        Layouts.Weight("old.weight", [5], frozen: true), Layouts.Running("norm.running_var", [4], 1));

    [Fact]
    public void EveryTensorStartsAtACacheLine()
    {
        using var state = new ModelState<double>(Layout);
        foreach (var p in Layout.Parameters) Assert.Equal(0, (long)(state.Values + p.Offset) % 64);
        Assert.Equal(0, (long)state.Gradients % 64);
    }

    [Fact]
    public void AViewShowsPyTorchsOrder()
    {
        using var state = new ModelState<float>(Layout);
        var weight = state.Parameters["conv.weight"];
        weight.Values.CopyFrom(Enumerable.Range(0, 24).Select(i => (float)i).ToArray());

        float* stored = state.Values + Layout.Parameters[0].Offset;
        for (int o = 0; o < 4; o++)
            for (int i = 0; i < 3; i++)
                for (int k = 0; k < 2; k++)
                {
                    Assert.Equal((o * 6) + (i * 2) + k, stored[(((i * 2) + k) * 4) + o]);   // storage is [3, 2, 4]
                    Assert.Equal((o * 6) + (i * 2) + k, weight.Values[o, i, k]);
                }
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), weight.Values.ToArray());
        weight.Values[7] = -1;
        Assert.Equal(-1, weight.Values[1, 0, 1]);
    }

    [Fact]
    public void SeedsDecideTheWeightsAndStorageDoesNot()
    {
        var other = Layouts.Of("Net", Layouts.Weight("conv.bias", [4]), Layouts.Weight("conv.weight", [4, 3, 2]));
        using var a = new ModelState<float>(Layout);
        using var b = new ModelState<float>(other);
        Assert.Equal(a.Parameters["conv.weight"].Values.ToArray(), b.Parameters["conv.weight"].Values.ToArray());

        var first = a.Parameters["conv.weight"].Values.ToArray();
        a.Initialize(7);
        Assert.Equal(7UL, a.Seed);
        var second = a.Parameters["conv.weight"].Values.ToArray();
        Assert.NotEqual(first, second);
        Assert.All(second, w => Assert.InRange(w, -0.5f, 0.5f));
        Assert.All(a.Parameters["norm.running_var"].Values.ToArray(), v => Assert.Equal(1, v));

        using var wide = new ModelState<double>(Layout);
        wide.Initialize(7);
        Assert.Equal(second, wide.Parameters["conv.weight"].Values.ToArray());   // the same draws, rounded
    }

    [Fact]
    public void TheFirstWeightsOfSeed0NeverChange()
    {
        var uniform = new double[3];
        new InitializerStream(0, "weight").Fill(InitializerKind.Uniform, 0, 1, uniform);
        var normal = new double[3];
        new InitializerStream(0, "weight").Fill(InitializerKind.Normal, 0, 1, normal);
        Assert.Equal(GoldenUniform, uniform);
        for (int i = 0; i < 3; i++) Assert.Equal(GoldenNormal[i], normal[i], 1e-16);
    }

    // Computed by an independent implementation in Python.
    static readonly double[] GoldenUniform = [0.49298862106975483, 0.44495788805714265, 0.5820202087631439];
    static readonly double[] GoldenNormal = [-0.01757582551910675, -0.13841078214589744, 0.20706437664040328];

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.001, -3.090232306167813)]
    [InlineData(1e-12, -7.034483825301131)]
    public void NormalQuantileMatchesTables(double p, double expected) => Assert.Equal(expected, NormalQuantile.Of(p), 1e-13);

    [Fact]
    public void LogIsWithinAnUlpOrTwo()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            double x = Math.Exp((random.NextDouble() * 80) - 40);
            Assert.Equal(Math.Log(x), NormalQuantile.Log(x), 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))));
        }
    }

    [Fact]
    public void DrawsHaveTheRightMoments()
    {
        var z = new double[100_000];
        new InitializerStream(3, "w").Fill(InitializerKind.Normal, 1, 2, z);
        double mean = z.Average(), variance = z.Sum(v => (v - mean) * (v - mean)) / z.Length;
        Assert.Equal(1, mean, 0.03);
        Assert.Equal(4, variance, 0.08);
    }

    [Fact]
    public void WrongLengthsNameTheParameter()
    {
        using var state = new ModelState<float>(Layout);
        var before = state.Parameters["conv.weight"].Values.ToArray();
        var error = Assert.Throws<ArgumentException>(() => state.Parameters["conv.weight"].Values.CopyFrom(new float[23]));
        Assert.Contains("'conv.weight' [4, 3, 2] has 24 elements, but the source has 23", error.Message);
        Assert.Equal(before, state.Parameters["conv.weight"].Values.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Parameters["conv.bias"].Values[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Parameters["conv.weight"].Values[0, 3, 0]);
        Assert.Throws<ArgumentException>(() => state.Parameters["conv.weight"].Values[0, 0]);
    }

    [Fact]
    public void UnknownNamesSuggestNearOnes()
    {
        using var state = new ModelState<float>(Layout);
        var error = Assert.Throws<KeyNotFoundException>(() => state.Parameters["conv.wieght"]);
        Assert.Contains("Did you mean 'conv.weight'?", error.Message);
        Assert.Equal(33, state.Parameters.TotalCount);
        Assert.Equal(["conv.weight", "conv.bias", "old.weight", "norm.running_var"], state.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void FrozenWeightsAndStateHaveNoGradient()
    {
        using var state = new ModelState<float>(Layout);
        Assert.All(state.Parameters["conv.bias"].Gradient.ToArray(), g => Assert.Equal(0, g));
        Assert.Contains("frozen", Assert.Throws<InvalidOperationException>(() => state.Parameters["old.weight"].Gradient).Message);
        Assert.Contains("state", Assert.Throws<InvalidOperationException>(() => state.Parameters["norm.running_var"].Gradient).Message);
    }

    [Fact]
    public void PredictionsShareAndTrainingExcludes()
    {
        using var state = new ModelState<float>(Layout);
        state.BeginPredict();
        state.BeginPredict();
        var error = Assert.Throws<InvalidOperationException>(() => state.BeginTraining("TrainStep"));
        Assert.Contains("'TrainStep' of Net needs the model for itself, but 2 other calls ('Predict') are running", error.Message);
        state.EndPredict();
        state.EndPredict();

        state.BeginTraining("TrainStep");
        error = Assert.Throws<InvalidOperationException>(() => state.BeginPredict());
        Assert.Contains("'Predict' of Net was called while 'TrainStep' is running", error.Message);
        Assert.Throws<InvalidOperationException>(() => state.Parameters[0].Values[0] = 1);
        Assert.Throws<InvalidOperationException>(() => state.Initialize(1));
        Assert.Throws<InvalidOperationException>(state.Dispose);
        state.EndTraining();
        state.BeginPredict();
        state.EndPredict();
    }

    [Fact]
    public void ADisposedModelRefuses()
    {
        var state = new ModelState<float>(Layout);
        var parameter = state.Parameters[0];
        state.Dispose();
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(() => state.BeginPredict());
        Assert.Throws<ObjectDisposedException>(() => parameter.Values[0]);
    }

    [Fact]
    public void WarmCallsAllocateNothing()
    {
        using var state = new ModelState<float>(Layout);
        void Call()
        {
            state.BeginPredict();
            var workspace = state.RentWorkspace(10_000);
            workspace.Pointer[9_999] = 1;
            state.ReturnWorkspace(workspace);
            state.EndPredict();
        }
        Call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Call();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void WorkspacesGrowAndServeOneCallAtATime()
    {
        using var state = new ModelState<float>(Layout);
        var a = state.RentWorkspace(100);
        var b = state.RentWorkspace(100);
        Assert.NotSame(a, b);
        Assert.Throws<InvalidOperationException>(() => { a.Enter(10); });
        state.ReturnWorkspace(a);
        var again = state.RentWorkspace(5000);
        Assert.Same(a, again);
        Assert.True(again.Bytes >= 5000);
        Assert.Equal(0, (long)again.Pointer % 64);
        state.ReturnWorkspace(again);
        state.ReturnWorkspace(b);
    }

    [Fact]
    public void ManyThreadsRentAndReturn()
    {
        using var state = new ModelState<float>(Layout);
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var workspace = state.RentWorkspace(64 + (i % 7 * 100));
            *(long*)workspace.Pointer = i;
            Thread.SpinWait(50);
            Assert.Equal(i, *(long*)workspace.Pointer);
            state.ReturnWorkspace(workspace);
        });
    }

    [Fact]
    public void BadLayoutsAreRefused()
    {
        var a = Layouts.Weight("a", [20]);
        Assert.Throws<ArgumentException>(() => new ModelLayout("Net", [a, a with { Name = "b", Offset = 16 }], 64, 64));
        Assert.Throws<ArgumentException>(() => new ModelLayout("Net", [a with { Offset = 8 }], 64, 64));
        Assert.Throws<ArgumentException>(() => new ModelLayout("Net", [a], 16, 16));
        Assert.Throws<ArgumentException>(() => new ModelLayout("Net", [a], 32, 16));
        Assert.Throws<ArgumentException>(() => new ModelLayout("Net", [a with { StorageAxes = [1] }], 32, 32));
    }
}
