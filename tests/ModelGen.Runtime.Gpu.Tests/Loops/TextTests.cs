namespace ModelGen.Runtime.Gpu.Tests.Loops;

/// <summary>OpenCL C as a person reads it, one kernel of each form: snapshots, which MODELGEN_UPDATE=folder rewrites.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("Mlp", "AddRelu")]
    [InlineData("Mlp", "CrossEntropySoftmaxSubMul")]
    [InlineData("Mlp", "Sum")]
    [InlineData("LongRows", "LayerNormGeluExpSoftmaxAdd")]
    public void Reads_well(string model, string kernel)
    {
        string text = ModelLoops.Of(model).Text(kernel), file = kernel + ".cl";
        if (Environment.GetEnvironmentVariable("MODELGEN_UPDATE") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, file), text);
        else Assert.Equal(ModelLoops.Resource(file), text);
    }

    [Fact]
    public void Names_are_ASCII_and_free_of_keywords()
    {
        string source = ModelLoops.Of("Extremes").Source;
        Assert.True(source.All(char.IsAscii));
        Assert.Contains("int gru00f6u00dfe", source, StringComparison.Ordinal);
        Assert.Contains("int globalSize", ModelLoops.Of("LongRows").Source, StringComparison.Ordinal);
    }

    [Fact]
    public void No_atomics_and_no_sub_groups() =>
        Assert.All(ModelLoops.Names, m => Assert.DoesNotMatch("atomic|sub_group|work_group_reduce", ModelLoops.Of(m).Source));
}
