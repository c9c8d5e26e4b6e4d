using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler;

/// <summary>A generated source file.</summary>
internal sealed record GeneratedFile(string HintName, string Text);

/// <summary>The compiler: a pure function from the spec of a model to the text of its files.</summary>
internal static class ModelCompiler
{
    public static EquatableArray<GeneratedFile> Compile(ModelSpec spec, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        throw new NotImplementedException("Scheduling and emission are being built on branch main.");
    }
}
