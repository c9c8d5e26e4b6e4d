using System.Text.Json;
using ModelGen.Compiler.Ir;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>
/// Values, gradients and running statistics equal PyTorch's (tests/golden/ops.json, made by tests/golden/generate.py), for every sample of
/// every method and layer.
/// </summary>
public sealed class PyTorchTests
{
    static readonly JsonElement Golden = Load();

    /// <summary>Cases without a golden entry, each with its reason.</summary>
    static readonly Dictionary<string, string> Exceptions = new()
    {
        ["Dropout#0 training"] = "PyTorch draws other random numbers",
        ["Dropout#1 training"] = "PyTorch draws other random numbers",
        ["Dropout2d#0 training"] = "PyTorch draws other random numbers",
        ["Dropout2d#1 training"] = "PyTorch draws other random numbers",
        ["AlphaDropout#0 training"] = "PyTorch draws other random numbers",
        ["AlphaDropout#1 training"] = "PyTorch draws other random numbers",
        ["RandomUniformLike/3#0"] = "PyTorch draws other random numbers",
        ["RandomUniformLike/3#1"] = "PyTorch draws other random numbers",
        ["RandomNormalLike/3#0"] = "PyTorch draws other random numbers",
        ["RandomNormalLike/3#1"] = "PyTorch draws other random numbers",
        ["RandomPermutation/1#0"] = "PyTorch draws other random numbers",
        ["Shuffle/2#0"] = "PyTorch draws other random numbers",
        ["Shuffle/2#1"] = "PyTorch draws other random numbers",
        ["Bernoulli/1#0"] = "PyTorch draws other random numbers",
    };

    static JsonElement Load()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "ops.json"));
        using var document = JsonDocument.Parse(file);
        return document.RootElement.Clone();
    }

    [Fact]
    public void Every_sample_has_a_golden_entry()
    {
        var expected = SampleCase.All().Select(c => c.Name).Except(Exceptions.Keys).Order(StringComparer.Ordinal);
        var actual = Golden.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Equals_PyTorch(string name)
    {
        if (Exceptions.ContainsKey(name)) return;
        var @case = SampleCase.Named(name);
        Assert.True(Golden.TryGetProperty(name, out var entry), $"'{name}' has no golden entry: run tests/golden/generate.py.");
        Near.Equal(Numbers(entry.GetProperty("y")), @case.Evaluate([@case.Output])[0].Data, 1e-9, name);

        var gradients = @case.Evaluate(@case.Gradients());
        var expected = entry.GetProperty("gradients");
        Assert.Equal(expected.EnumerateObject().Count(), gradients.Count);
        foreach (var (leaf, gradient) in @case.Differentiable.Zip(gradients))
            Near.Equal(Numbers(expected.GetProperty(SampleCase.LeafName(leaf))), SampleCase.Logical(leaf, gradient).Data, 1e-9, $"{name}: gradient of {SampleCase.LeafName(leaf)}");

        if (!entry.TryGetProperty("updates", out var updates)) return;
        Assert.Equal(updates.EnumerateObject().Select(u => SampleCase.LayerPath + "." + u.Name), @case.Graph.Updates.Select(u => u.State.Path));
        foreach (var (state, value) in @case.Graph.Updates)
            Near.Equal(Numbers(updates.GetProperty(state.Path[(SampleCase.LayerPath.Length + 1)..])), @case.Evaluate([value])[0].Data, 1e-9, $"{name}: {state.Path}");
    }

    static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];
}
