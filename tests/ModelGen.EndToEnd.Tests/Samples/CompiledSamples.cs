using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Samples;

/// <summary>A model for every sample of every method and layer, compiled once.</summary>
internal static class CompiledSamples
{
    // A generator runs on one thread, and this takes minutes: as many compilations side by side as there are processors.
    static readonly Lazy<Dictionary<string, CompiledAssembly>> assemblies = new(() => Cases().Select((sample, i) => (Sample: sample, Part: i % Environment.ProcessorCount))
        .GroupBy(s => s.Part, s => s.Sample).Select(part => part.ToArray()).AsParallel().SelectMany(Compile).ToDictionary(s => s.Name, s => s.Assembly, StringComparer.Ordinal));

    static IEnumerable<(string Name, CompiledAssembly Assembly)> Compile(SampleCase[] samples)
    {
        var assembly = new CompiledAssembly([string.Join("\n", samples.Select(c => new SampleModel(c).Text()))]);
        return samples.Select(s => (s.Name, assembly));
    }

    /// <summary>The assembly that has a sample's model.</summary>
    public static CompiledAssembly Of(SampleCase sample) => assemblies.Value[sample.Name];

    /// <summary>
    /// A layer's two forms are one model: Predict and Evaluate are inference, the rest is training. A method without tensors is no model by itself; methods that
    /// draw random numbers have a test of their own.
    /// </summary>
    public static IEnumerable<SampleCase> Cases() => SampleCase.All().Where(c => (c.Layer is null || !c.Training) && c.Leaves.Count > 0 && !c.IsDrawn);
}
