using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Optimizers;

/// <summary>Sets the vector width of the whole process, so nothing else runs beside it.</summary>
[CollectionDefinition("Vector width", DisableParallelization = true)]
public sealed class VectorWidthCollection;

[Collection("Vector width")]
public sealed unsafe class OptimizerTests
{
    const int Length = 37;   // no multiple of any width
    static readonly ModelLayout Layout = Layouts.Of("Net", Layouts.Weight("w", [Length]), Layouts.Weight("frozen", [5], frozen: true));

    // Three steps on the weights 1 and -0.5 with the gradients (0.1, -0.2), (0.3, 0), (-0.2, 0.4), from PyTorch's formulas in Python's doubles.
    public static TheoryData<string, double, double> Goldens => new()
    {
        { "sgd", SgdPlain0, SgdPlain1 }, { "momentum", Momentum0, Momentum1 }, { "nesterov", Nesterov0, Nesterov1 },
        { "adam", Adam0, Adam1 }, { "adamw", AdamW0, AdamW1 },
    };

    const double
        SgdPlain0 = 0.9770529889999999, SgdPlain1 = -0.5185414795, Momentum0 = 0.95026864725, Momentum1 = -0.463759069875,
        Nesterov0 = 0.92231, Nesterov1 = -0.50722, Adam0 = 0.9744938143494156, Adam1 = -0.48354041262043174,
        AdamW0 = 0.9752753190977598, AdamW1 = -0.48522795308585853;

    static Optimizer Create(string name) => name switch
    {
        "sgd" => new Sgd(0.1, weightDecay: 0.01),
        "momentum" => new Sgd(0.1, momentum: 0.9, dampening: 0.5, weightDecay: 0.01),
        "nesterov" => new Sgd(0.1, momentum: 0.9, nesterov: true),
        "adam" => new Adam(0.01, weightDecay: 0.1),
        _ => new AdamW(0.01, weightDecay: 0.1),
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void ThreeStepsMatchPyTorchsFormulas(string name, double first, double second)
    {
        foreach (var width in Enum.GetValues<SimdWidth>())
        {
            var before = Simd.Width;
            Simd.Width = width;
            try
            {
                var wide = Run<double>(name);
                Assert.Equal(first, wide[0], 1e-14);
                Assert.Equal(second, wide[Length - 1], 1e-14);
                var narrow = Run<float>(name);
                Assert.Equal(first, narrow[0], 1e-6);
                Assert.Equal(second, narrow[Length - 1], 1e-6);
            }
            finally
            {
                Simd.Width = before;
            }
        }
    }

    static double[] Run<T>(string name) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var state = new ModelState<T>(Layout);
        var optimizer = Create(name);
        var w = state.Parameters["w"];
        var frozen = state.Parameters["frozen"].Values.ToArray();
        w.Values.Fill(1);
        w.Values[Length - 1] = -0.5;
        foreach (var (g0, g1) in new[] { (0.1, -0.2), (0.3, 0), (-0.2, 0.4) })
        {
            w.Gradient.Fill(g0);
            w.Gradient[Length - 1] = g1;
            Step(optimizer, state);
        }
        Assert.Equal(3, optimizer.StepCount);
        Assert.Equal(frozen, state.Parameters["frozen"].Values.ToArray());
        Assert.All(w.Values.ToDoubleArray()[..(Length - 1)], v => Assert.Equal(w.Values[0], v));
        return w.Values.ToDoubleArray();
    }

    internal static void Step<T>(Optimizer optimizer, ModelState<T> state) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        OptimizerStep.Run(optimizer, state, state.Values, state.Gradients, scaling: null, isScaled: false, 0, state.Layout.TrainableElements);
    }

    [Fact]
    public void OneOptimizerKeepsModelsApart()
    {
        using var a = new ModelState<float>(Layout);
        using var b = new ModelState<float>(Layout);
        using var alone = new ModelState<float>(Layout);
        var shared = new Adam(0.1);
        var own = new Adam(0.1);
        foreach (var state in new[] { a, b, alone }) state.Parameters["w"].Gradient.Fill(0.5);
        for (int i = 0; i < 4; i++) Step(shared, a);
        Step(shared, b);
        Step(own, alone);
        Assert.Equal(alone.Parameters["w"].Values.ToArray(), b.Parameters["w"].Values.ToArray());
        Assert.Equal(5, shared.StepCount);
    }

    [Fact]
    public void WarmStepsAllocateNothing()
    {
        using var state = new ModelState<float>(Layout);
        var optimizer = new AdamW();
        Step(optimizer, state);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Step(optimizer, state);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void PartsOfTheArenaCanBeUpdatedAlone()
    {
        using var state = new ModelState<double>(Layout);
        var before = state.Parameters["w"].Values.ToDoubleArray();
        state.Parameters["w"].Gradient.Fill(1);
        var sgd = new Sgd(1);
        sgd.Update(Team.Single, new UpdateRange(sgd.Begin(state), 3, 5, learningRate: 1, weightDecay: 0), state.Values, state.Gradients);
        var after = state.Parameters["w"].Values.ToDoubleArray();
        for (int i = 0; i < Length; i++) Assert.Equal(before[i] - (i is >= 3 and < 8 ? 1 : 0), after[i], 1e-15);
    }

    /// <summary>Rules of matrices see the same matrix, however it lies in storage: also that of a convolution.</summary>
    [Theory]
    [InlineData("Muon")]
    [InlineData("Muon original")]
    [InlineData("Adafactor")]
    public void Storage_order_does_not_matter(string name)
    {
        double[] Train(int[] shape, int[] axes)
        {
            using var state = new ModelState<double>(Layouts.Of("Net", Layouts.Weight("w", shape, axes)));
            var optimizer = PyTorchTests.Create(name);
            var random = new ModelGen.Testing.Lcg(3);
            for (int step = 0; step < 3; step++)
            {
                state.Parameters["w"].Gradient.CopyFrom([.. Enumerable.Range(0, state.Parameters["w"].Length).Select(_ => random.Next(-1, 1))]);
                optimizer.Step(state.Parameters);
            }
            return state.Parameters["w"].Values.ToDoubleArray();
        }
        foreach (var (shape, axes) in new (int[], int[])[] { ([5, 40], [1, 0]), ([40, 5], [1, 0]), ([6, 4, 3, 3], [2, 3, 1, 0]) })
        {
            double[] expected = Train(shape, [.. Enumerable.Range(0, shape.Length)]), actual = Train(shape, axes);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-12);
        }
    }

    /// <summary>What is orthogonalised is the user's code: asked in the middle of an update, an error would leave half of it.</summary>
    [Fact]
    public void Muon_asks_once_and_before_any_weight_changes()
    {
        using var state = new ModelState<float>(Layouts.Of("Net", Layouts.Weight("first", [3, 4]), Layouts.Weight("bias", [5]), Layouts.Weight("second", [6, 2])));
        double[] Weights() => [.. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];
        var asked = new List<string>();
        bool Ask(Parameter p)
        {
            asked.Add(p.Name);
            return asked.Count == 3 ? throw new TimeoutException() : p.Name == "first";
        }
        void Step(Optimizer optimizer)
        {
            foreach (var p in state.Parameters) p.Gradient.Fill(1);
            optimizer.Step(state.Parameters);
        }
        var muon = new Muon { IsOrthogonalized = Ask };
        for (int step = 0; step < 3; step++) Step(muon);
        Assert.Equal(["first", "second"], asked);

        double[] before = Weights();
        var other = new Muon { IsOrthogonalized = Ask };
        Assert.Throws<TimeoutException>(() => Step(other));
        Assert.Equal(before, Weights());
        Assert.Equal(0, other.StepCount);
    }

    [Fact]
    public void Muon_keeps_two_products_of_matrices_only()
    {
        var large = Layouts.Weight("w", [40_000, 40_000]);
        Assert.Equal([("products", 3_200_000_000)], new Muon().Extras(large, MatrixForm.Of(large)));
        Assert.Empty(new Muon().Extras(large, null));
    }

    [Fact]
    public void SettingsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adafactor(decay: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adafactor(clipThreshold: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Muon(momentum: 1));
        Assert.Throws<ArgumentNullException>(() => new Muon { IsOrthogonalized = null! });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1, momentum: -0.1));
        Assert.Throws<ArgumentException>(() => new Sgd(1, nesterov: true));
        Assert.Throws<ArgumentException>(() => new Sgd(1, momentum: 0.9, dampening: 0.1, nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(epsilon: double.PositiveInfinity));
        var adam = new Adam { LearningRate = 0.5 };
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.LearningRate = -1);
        Assert.Equal(0.5, adam.LearningRate);
        Assert.Equal((1e-3, 0.9, 0.999, 1e-8, 0.0), (new Adam().LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay));
        Assert.Equal(1e-2, new AdamW().WeightDecay);
    }
}
