namespace ModelGen.Runtime.Gpu.Tests.Loops;

/// <summary>The OpenCL C of one model as a person reads it: snapshots, which MODELGEN_UPDATE=folder rewrites.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("Mlp")]
    [InlineData("LongRows")]
    public void Reads_well(string model)
    {
        string source = ModelLoops.Of(model).Source;
        if (Environment.GetEnvironmentVariable("MODELGEN_UPDATE") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, model + ".cl"), source);
        else Assert.Equal(ModelLoops.Resource(model + ".cl"), source);
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
