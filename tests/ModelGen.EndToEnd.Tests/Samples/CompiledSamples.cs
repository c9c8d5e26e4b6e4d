using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Samples;

/// <summary>A model for every sample of every method and layer, all compiled together.</summary>
internal static class CompiledSamples
{
    static readonly Lazy<CompiledAssembly> assembly = new(() => new CompiledAssembly([string.Join("\n", Cases().Select(c => new SampleModel(c).Text()))]));

    public static CompiledAssembly Assembly => assembly.Value;

    /// <summary>
    /// A layer's two forms are one model: Predict and Evaluate are inference, the rest is training. A method without tensors is no model by itself; methods that
    /// draw random numbers have a test of their own.
    /// </summary>
    public static IEnumerable<SampleCase> Cases() => SampleCase.All().Where(c => (c.Layer is null || !c.Training) && c.Leaves.Count > 0 && !c.IsDrawn);
}
