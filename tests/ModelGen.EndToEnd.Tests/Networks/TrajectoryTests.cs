using System.Text.Json;
using ModelGen.EndToEnd.Tests.Models;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Training for 100 steps from the same weights on the same data gives PyTorch's losses (tests/golden/trajectories.json, made by trajectories.py).</summary>
public sealed class TrajectoryTests
{
    static readonly Dictionary<string, double[]> curves = Load();

    public static TheoryData<string> Names { get; } = [.. curves.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_losses_are_PyTorchs(string name)
    {
        var (model, optimizer) = (name.Split(' ')[0], Create(name.Split(' ')[1]));
        Func<int, double> step = model switch
        {
            "Mlp" => With(new Mlp(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer)),
            "DoubleMlp" => With(new DoubleMlp(), m => m.Parameters, (m, i) => m.TrainStep([.. Patterns.ImagesOf(i).ToArray().Select(v => (double)v)], Patterns.LabelsOf(i), optimizer)),
            "SmallConvNet" => With(new SmallConvNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer)),
            "ResidualNet" => With(new ResidualNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer)),
            "LstmNet" => With(new LstmNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer)),
            "AdversarialNet" => InTurns(optimizer, Create(name.Split(' ')[1])),
            "TinyGpt" => With(new TinyGpt(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.TokensOf(i).Token, Patterns.TokensOf(i).Next, optimizer)),
            "HeatNet" => With(new HeatNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.PointsOf(i), Patterns.SourcesOf(i), optimizer)),
            "PoolSlopeNet" => With(new PoolSlopeNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.FirstOf(i, 60), Patterns.ThirdsOf(i), optimizer)),
            "RecurrentSlopeNet" => With(new RecurrentSlopeNet(), m => m.Parameters, (m, i) => m.TrainStep(Patterns.FirstOf(i, 24), Patterns.LengthsOf(i), Patterns.ThirdsOf(i), optimizer)),
            _ => throw new InvalidOperationException($"'{model}' is not known here."),
        };
        // The curve is exact arithmetic's, in 12 digits; a float32 run leaves it slowly.
        double tolerance = model is "DoubleMlp" or "HeatNet" ? 1e-9 : 1e-4;
        for (int i = 0; i < curves[name].Length; i++)
        {
            double expected = curves[name][i], actual = step(i);
            Assert.True(Math.Abs(actual - expected) <= tolerance * expected, $"step {i}: PyTorch's loss is {expected:R}, ours {actual:R}");
        }
    }

    // Critic and generator in turns, each with an optimizer of its own; the data as in trajectories.py.
    static Func<int, double> InTurns(Optimizer ofCritic, Optimizer ofGenerator)
    {
        var net = new AdversarialNet();
        Patterns.Initialize(net.Parameters);
        var random = new Lcg(7);
        float[] real = [], noise = [], other = [];
        return i =>
        {
            if (i % 2 == 1) return net.GeneratorStep(other, ofGenerator);
            (real, noise, other) = (Draw(4, 0.5, 1.5), Draw(3, -1, 1), Draw(3, -1, 1));
            return net.CriticStep(noise, real, ofCritic);
        };

        float[] Draw(int columns, double low, double high) => [.. Enumerable.Range(0, Patterns.Batch * columns).Select(_ => (float)random.Next(low, high))];
    }

    static Func<int, double> With<T>(T model, Func<T, ParameterSet> parameters, Func<T, int, double> step)
    {
        Patterns.Initialize(parameters(model));
        return i => step(model, i);
    }

    static Optimizer Create(string name) => name switch
    {
        "Sgd" => new Sgd(0.02, momentum: 0.9),
        "Nesterov" => new Sgd(0.02, momentum: 0.9, weightDecay: 1e-3, nesterov: true),
        "Adam" => new Adam(2e-3),
        "AdamW" => new AdamW(2e-3, weightDecay: 0.05),
        _ => throw new InvalidOperationException($"'{name}' is not known here."),
    };

    static Dictionary<string, double[]> Load()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "trajectories.json"));
        return JsonSerializer.Deserialize<Dictionary<string, double[]>>(file)!;
    }
}
