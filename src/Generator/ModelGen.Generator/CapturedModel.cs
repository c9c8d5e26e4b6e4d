using ModelGen.Compiler;
using ModelGen.Generator.Capture;
using ModelGen.Generator.Stubs;

namespace ModelGen.Generator;

/// <summary>What the pipeline keeps of one [Model] class: its spec; or, when something is wrong, what its stub needs; or nothing.</summary>
internal sealed record CapturedModel(ModelSpec? Spec, StubSpec? Stub)
{
    static readonly CapturedModel Nothing = new(null, null);

    public static CapturedModel Of(Compilation compilation, string metadataName, CancellationToken cancellation)
    {
        if (compilation.Assembly.GetTypeByMetadataName(metadataName) is not { } type) return Nothing;
        var result = ModelCapture.Run(compilation, type, cancellation);
        if (result.Spec is not null) return new CapturedModel(result.Spec, StubSpec.Of(type, compilation, "MG9999"));
        return new CapturedModel(null, StubSpec.CanExtend(type, cancellation) ? StubSpec.Of(type, compilation, result.Problems is [var first, ..] ? first.Id : null) : null);
    }

    /// <summary>The files of the model. A failure of the compiler becomes a stub that carries its message to the analyzer.</summary>
    public EquatableArray<GeneratedFile> Compile(CancellationToken cancellation)
    {
        if (Spec is null) return Stub is null ? EquatableArray<GeneratedFile>.Empty : new([StubWriter.Write(Stub, fault: null)]);
        try
        {
            return ModelCompiler.Compile(Spec, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new([StubWriter.Write(Stub!, $"{e.GetType().Name}: {e.Message}")]);
        }
    }
}
