using ModelGen.Compiler;
using ModelGen.EndToEnd.Tests.Harness;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>How many kernels a network runs in, what they fuse, and that text grows with distinct kernels only.</summary>
public sealed class StructureTests
{
    [Theory]
    [InlineData("Mlp", "Predict", "MatMulAddRelu, MatMulAdd")]
    [InlineData("Mlp", "TrainStep", "MatMulAddRelu, MatMulAdd, CrossEntropySoftmaxSubMul, SumCrossEntropy, Sum, MatMulMask, MatMul, Sum, MatMul")]
    [InlineData("Mlp", "Evaluate", "MatMulAddRelu, MatMulAdd, CrossEntropy, SumCrossEntropy")]
    [InlineData("DigitNet", "Predict", "Conv2dMaxPool2dAddRelu, Conv2dMaxPool2dAddRelu, Permute, MatMulAddRelu, MatMulAdd")]
    [InlineData("DigitNet", "TrainStep", "Conv2d, MaxPool2dAddRelu, Conv2d, MaxPool2dAddRelu, Permute, MatMulAddRelu, MatMulAdd, CrossEntropySoftmaxSubMul, SumCrossEntropy, " +
        "Sum, MatMulMask, MatMul, Sum, MatMul, MatMul, Permute, Mask, Sum, MaxPool2dGradient, Conv2dBackwardDataMask, Conv2dBackwardWeight, Sum, MaxPool2dGradient, Conv2dBackwardWeight")]
    [InlineData("DigitNet", "Evaluate", "Conv2dMaxPool2dAddRelu, Conv2dMaxPool2dAddRelu, Permute, MatMulAddRelu, MatMulAdd, CrossEntropy, SumCrossEntropy")]
    public void Kernels(string model, string step, string expected)
    {
        string actual = string.Join(", ", ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(model)).Steps.Single(s => s.Name == step).Schedule.Kernels.Select(k => k.Name));
        Assert.True(expected == actual, $"{model}.{step} runs in other kernels:\n{actual}");
    }

    [Theory]
    [InlineData("DigitNet", "Some rows at a time are copied with zeros around them: then no window asks where the image ends.")]
    [InlineData("DigitNet", "Pooled block by block: what the convolution makes is never in memory as a whole.")]
    [InlineData("DigitNet", "Predictions do not change the weights: they come in panels that were copied once.")]
    [InlineData("DigitNet", "The first factor is transposed: it is copied tile by tile, or each step of a sum would be on another page.")]
    [InlineData("DigitNet", "The second factor is transposed: its panels are turned round as they are copied.")]
    public void Kernels_say_why_they_go_about_it_so(string model, string reason) =>
        Assert.Contains("// " + reason, ModelCompiler.Compile(CompiledNetworks.Assembly.Spec(model)).Single(f => f.HintName.EndsWith(".Kernels.g.cs", StringComparison.Ordinal)).Text, StringComparison.Ordinal);

    /// <summary>Scaling goes with the product; masking and softmax are one pass over the scores, and so is their way back.</summary>
    [Fact]
    public void Attention_passes_over_the_scores_once()
    {
        var kernels = ModelCompiler.Steps(CompiledNetworks.Assembly.Spec("TinyGpt")).Steps.Single(s => s.Name == "TrainStep").Schedule.Kernels.Select(k => k.Name).ToArray();
        Assert.Equal(2, kernels.Count(k => k == "CausalMaskSoftmax"));
        Assert.Equal(2, kernels.Count(k => k == "SumMulSubCausalMask"));
        Assert.Equal(2, kernels.Count(k => k.Contains("Mask", StringComparison.Ordinal) && k.Contains("Sum", StringComparison.Ordinal)));
        Assert.Equal(1, kernels.Count(k => k == "Arange"));
        Assert.Equal("IndexSelectAdd", kernels[0]);
    }

    /// <summary>However long the sequence: one product for all inputs, one loop forwards, one back.</summary>
    [Fact]
    public void A_recurrent_layer_is_a_loop()
    {
        string actual = string.Join(", ", ModelCompiler.Steps(CompiledNetworks.Assembly.Spec("LstmNet")).Steps.Single(s => s.Name == "Predict").Schedule.Kernels.Select(k => k.Name));
        Assert.Equal("MatMulAdd, Lstm, Slice, MatMulAdd", actual);
        var training = ModelCompiler.Steps(CompiledNetworks.Assembly.Spec("LstmNet")).Steps.Single(s => s.Name == "TrainStep").Schedule.Kernels.Select(k => k.Name).ToArray();
        Assert.Equal(1, training.Count(k => k == "Lstm"));
        Assert.Equal(1, training.Count(k => k == "LstmGradient"));
    }

    [Fact]
    public void Twelve_equal_blocks_of_a_GPT_share_their_kernels()
    {
        static string Stack(int blocks) => CompiledNetworks.Source("TinyGpt.cs").Replace("[new(Width, Heads), new(Width, Heads)]", $"[{string.Join(", ", Enumerable.Repeat("new(Width, Heads)", blocks))}]", StringComparison.Ordinal);
        CompiledAssembly three = new([Stack(3)]), twelve = new([Stack(12)]);
        string name = three.Files.Keys.Single(f => f.EndsWith("TinyGpt.Kernels.g.cs", StringComparison.Ordinal));
        Assert.Equal(three.Files[name], twelve.Files[name]);
        Assert.Equal((12 * 16) + 4, twelve.Create("TinyGpt").Parameters.Count);
    }

    [Fact]
    public void Twelve_equal_blocks_are_twelve_lines_of_calls()
    {
        static string Stack(int blocks) => CompiledNetworks.Source("ResidualNet.cs").Replace("[new(16, 2), new(16, 2), new(16, 2)]", $"[{string.Join(", ", Enumerable.Repeat("new(16, 2)", blocks))}]", StringComparison.Ordinal);
        var two = new CompiledAssembly([Stack(2)]);
        var twelve = new CompiledAssembly([Stack(12)]);
        string name = two.Files.Keys.Single(f => f.EndsWith("ResidualNet.Kernels.g.cs", StringComparison.Ordinal));
        Assert.Equal(two.Files[name], twelve.Files[name]);

        int Calls(CompiledAssembly assembly) => assembly.Files[name.Replace("Kernels", "Programs", StringComparison.Ordinal)].Split("Kernels.").Length - 1;
        var model = twelve.Create("ResidualNet");
        Assert.Equal((12 * 6) + 6, model.Parameters.Count);
        // Ten blocks more are ten times the calls of one.
        Assert.Equal(0, (Calls(twelve) - Calls(two)) % 10);
        Assert.InRange((Calls(twelve) - Calls(two)) / 10, 10, 40);
    }
}
