using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>The models of Models/, compiled in memory with a common interface.</summary>
internal static class CompiledNetworks
{
    static readonly Lazy<CompiledAssembly> assembly = new(() => new CompiledAssembly(Sources));

    public static CompiledAssembly Assembly => assembly.Value;

    public static IEnumerable<string> Sources => typeof(CompiledNetworks).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).Select(Source);

    public static string Source(string file)
    {
        using var reader = new StreamReader(typeof(CompiledNetworks).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    /// <summary>Inputs of a function, drawn from its name and the batch size; labels below the model's classes.</summary>
    public static ModelInputs Inputs(ModelSpec spec, string function, int batch, int classes = 3)
    {
        var random = new Lcg(Philox.Stream($"{spec.Name} {batch}"));
        var inputs = new ModelInputs(spec).Bind("N", batch).Bind("T", 5);
        foreach (var input in spec.Function(function)!.Inputs)
        {
            int count = checked((int)input.Shape.Elements.Evaluate(inputs.Symbol));
            inputs.Add(input, [.. Enumerable.Range(0, count).Select(_ => input.DType == DType.Int32 ? random.Next(classes) : random.Next(-1, 1))]);
        }
        return inputs;
    }
}
