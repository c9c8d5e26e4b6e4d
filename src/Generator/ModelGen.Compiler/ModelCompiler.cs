using ModelGen.Compiler.Codegen;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler;

/// <summary>A generated source file.</summary>
internal sealed record GeneratedFile(string HintName, string Text);

/// <summary>The compiler: a pure function from the spec of a model to the text of its files.</summary>
internal static class ModelCompiler
{
    public static EquatableArray<GeneratedFile> Compile(ModelSpec spec, CancellationToken cancellation = default)
    {
        spec = SafeNames.For(spec);
        var (steps, arena) = Steps(spec, cancellation);
        return new ModelEmitter(spec, steps, arena, cancellation).Emit();
    }

    /// <summary>The compiled entries of a model, in the order of its functions: predict, or train and evaluate; then stream and decode, where that is possible.</summary>
    public static (IReadOnlyList<Step> Steps, ParameterArena Arena) Steps(ModelSpec spec, CancellationToken cancellation = default)
    {
        var entries = new List<(string Name, StepKind Kind, FunctionSpec Function, Graph Lowered)>();
        foreach (var function in spec.Functions)
        {
            cancellation.ThrowIfCancellationRequested();
            if (function.Kind == FunctionKind.Forward)
            {
                Add(function.Name == "Forward" ? "Predict" : function.Name, StepKind.Predict, function);
                continue;
            }
            Add(GeneratedMembers.Train(function.Name), StepKind.Train, function);
            Add(GeneratedMembers.Evaluate(function.Name), StepKind.Evaluate, function);
        }
        var arena = new ParameterArena(entries.Select(e => e.Lowered));
        var predict = entries.FirstOrDefault(e => e.Name == "Predict");
        var (decoding, reason) = spec.DeclaresDecoding ? (null, $"the class has a member named {string.Join(" or ", GeneratedMembers.Decoding)} of its own")
            : predict.Lowered is { } causal ? IncrementalLowering.Of(spec, causal, cancellation) : (null, null);
        var steps = entries.Select(e => Step.Compile(e.Name, e.Kind, spec, e.Function, e.Lowered, arena, e.Name == "Predict" ? reason : null, cancellation)).ToList();
        if (!spec.DeclaresStreaming && predict.Lowered is { } whole && StreamForm.Of(predict.Function, whole) is { } streaming) steps.Add(Step.Compile(spec, streaming, arena, cancellation));
        if (decoding is not null) steps.Add(Step.Decode(spec, decoding, arena, cancellation));
        return (steps, arena);

        void Add(string name, StepKind kind, FunctionSpec function) => entries.Add((name, kind, function, Step.Lower(spec, function, kind, cancellation)));
    }
}
