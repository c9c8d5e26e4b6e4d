using System.Numerics;
using System.Text;
using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;
using ModelGen.Testing;

namespace ModelGen.Runtime.Tests.Optimizers;

/// <summary>What an optimizer remembers, in a file: a training that goes on from it gives the same bits as one that was never interrupted.</summary>
[Collection("Vector width")]
public sealed class OptimizerFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("modelgen-").FullName;

    string Weights => Path.Combine(folder, "weights.safetensors");
    string Course => Path.Combine(folder, "optimizer.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static ModelState<T> Net<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(Layouts.Of("Net", Layouts.Weight("w", [5, 7], [1, 0]), Layouts.Weight("b", [3]), Layouts.Weight("frozen", [2], frozen: true)));

    public static TheoryData<string> Names => PyTorchTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_goes_on_with_the_same_bits(string name)
    {
        GoesOn<float>(name);
        GoesOn<double>(name);
    }

    void GoesOn<T>(string name) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using ModelState<T> whole = Net<T>(), first = Net<T>(), second = Net<T>();
        Optimizer always = PyTorchTests.Create(name), before = PyTorchTests.Create(name), after = PyTorchTests.Create(name);
        after.LearningRate = 12;   // that of the file counts
        second.Initialize(77);
        for (int step = 0; step < 5; step++) Step(always, whole, step);
        for (int step = 0; step < 3; step++) Step(before, first, step);
        first.StepCount = 3;
        first.Save(Weights);
        before.Save(Course, first.Parameters);
        second.Load(Weights);
        after.Load(Course, second.Parameters);
        Assert.Equal((3, before.LearningRate, 3, first.Seed), (after.StepCount, after.LearningRate, second.StepCount, second.Seed));
        for (int step = 3; step < 5; step++) Step(after, second, step);
        Assert.Equal(All(whole), All(second));
        // An optimizer that has made other steps before forgets them.
        after.Load(Course, second.Parameters);
        Assert.Equal(3, after.StepCount);
    }

    static void Step<T>(Optimizer optimizer, ModelState<T> state, int step) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Lcg((ulong)(step + 40));
        foreach (var p in state.Parameters.Where(p => !p.IsFrozen)) p.Gradient.CopyFrom([.. Enumerable.Range(0, p.Length).Select(_ => random.Next(-1, 1))]);
        optimizer.Step(state.Parameters);
    }

    static double[] All(ModelState state) => [.. state.Parameters.SelectMany(p => p.Values.ToDoubleArray())];

    [Fact]
    public void Tensors_have_PyTorchs_names_and_order()
    {
        using var state = Net<float>();
        var adam = new Adam();
        Step(adam, state, 1);
        adam.Save(Course, state.Parameters);
        using var file = new SafetensorsReader(Course);
        Assert.Equal(["w.exp_avg", "w.exp_avg_sq", "b.exp_avg", "b.exp_avg_sq"], file.Entries.Select(e => e.Name));
        Assert.Equal([5, 7], file.Entries[0].Shape);
        float[] expected = [.. state.Parameters["w"].Gradient.ToArray().Select(g => 0.1f * g)], actual = file.Read<float>(file.Entries[0]);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-7f);
        Assert.Equal("Adam", file.Metadata["optimizer"]);
    }

    [Fact]
    public void What_does_not_fit_changes_nothing()
    {
        using var state = Net<float>();
        var adam = new Adam(0.5);
        Step(adam, state, 1);
        adam.Save(Course, state.Parameters);
        state.Save(Weights);

        var other = new AdamW(0.25);
        Step(other, state, 2);
        Refused(other, Course, "the file holds the state of Adam, but this optimizer is AdamW");
        Refused(other, Weights, "holds no optimizer's state");
        using var smaller = new ModelState<float>(Layouts.Of("Net", Layouts.Weight("w", [5, 6]), Layouts.Weight("b", [3])));
        var e = Assert.Throws<SafetensorsException>(() => new Adam().Load(Course, smaller.Parameters));
        Assert.Contains("tensor 'w.exp_avg' is [5, 6] in the model, but [5, 7] in the file", e.Message, StringComparison.Ordinal);

        // Damage in the header's text.
        byte[] bytes = File.ReadAllBytes(Course);
        int at = Encoding.UTF8.GetString(bytes).IndexOf("\"steps\":\"1\"", StringComparison.Ordinal);
        bytes[at + 9] = (byte)'x';
        File.WriteAllBytes(Course, bytes);
        Refused(adam, Course, "'steps' of the header is 'x'");
        Assert.Throws<FileNotFoundException>(() => adam.Load(Path.Combine(folder, "none"), state.Parameters));

        void Refused(Optimizer optimizer, string path, string message)
        {
            var (steps, rate) = (optimizer.StepCount, optimizer.LearningRate);
            var refused = Assert.Throws<SafetensorsException>(() => optimizer.Load(path, state.Parameters));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
            Assert.Equal((steps, rate), (optimizer.StepCount, optimizer.LearningRate));
        }
    }

    [Fact]
    public void A_step_needs_gradients()
    {
        using var state = Net<float>();
        var sgd = new Sgd(1);
        var e = Assert.Throws<InvalidOperationException>(() => sgd.Step(state.Parameters));
        Assert.Contains("There are no gradients of Net", e.Message, StringComparison.Ordinal);
        double[] before = state.Parameters["w"].Values.ToDoubleArray();
        state.Parameters["b"].Values.Fill(1);
        state.Parameters["b"].Gradient.Fill(0.25);
        sgd.Step(state.Parameters);
        Assert.All(state.Parameters["b"].Values.ToDoubleArray(), v => Assert.Equal(0.75, v));
        Assert.Equal(before, state.Parameters["w"].Values.ToDoubleArray());
        // The step has used them up.
        Assert.Throws<InvalidOperationException>(() => sgd.Step(state.Parameters));
        Assert.Equal(1, sgd.StepCount);
    }
}
