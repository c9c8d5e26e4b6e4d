using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>The names of all sample cases, as xunit's theories take them.</summary>
public static class SampleTheory
{
    public static TheoryData<string> Names { get; } = new(SampleCase.All().Select(c => c.Name));
}
