using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelGen.Compiler.Codegen;

namespace ModelGen.Generator.Capture;

/// <summary>C# → <see cref="ModelSpec"/>: builds the model as its constructor would, then runs its methods on symbolic tensors.</summary>
internal static class ModelCapture
{
    /// <summary>Captures a [Model] class of this compilation. Throws nothing but <see cref="OperationCanceledException"/>.</summary>
    public static CaptureResult Run(Compilation compilation, INamedTypeSymbol type, CancellationToken cancellation)
    {
        var source = new SourceIndex(compilation, cancellation);
        var declaration = new ProblemList();   // true whatever else is wrong
        var problems = new ProblemList();      // unsaid while the compiler itself complains
        ModelSpec? spec = null;
        var findings = new Findings();
        try
        {
            source.Watch(type);
            DeclarationRules.CheckModel(type, compilation, declaration, cancellation);
            DeclarationRules.CheckNames(type, declaration);
            DeclarationRules.CheckStorage(type, declaration);
            var precision = Precision(type);
            // Of a static class all methods must be static: that is one mistake, not two.
            bool isClass = declaration.Problems.All(p => p.Id != Rules.ClassKind);
            var entries = isClass ? EntryMethods.Find(type, precision, problems) : [];
            if (declaration.Problems.All(p => p.Id == Rules.UnsafeBlocks) && problems.Problems.Count == 0) spec = Interpret(type, precision, entries, source, problems, findings);
        }
        catch (CaptureAbortedException)
        {
        }
        catch (InsufficientExecutionStackException)
        {
            problems.Add(Rules.Budget, $"'{type.Name}' nests its expressions or calls too deeply to be unfolded.", DeclarationRules.Place(type));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            problems.Add(Rules.Internal, $"ModelGen failed on '{type.Name}': {e.GetType().Name}: {e.Message} {Where(e)}. Please report this with the model.", DeclarationRules.Place(type));
        }
        bool isInvalid = source.IsInvalid || (problems.Problems.Count > 0 && source.HasCompilerErrors());
        IReadOnlyList<Problem> all = isInvalid ? declaration.Problems : [.. declaration.Problems, .. problems.Problems];
        return new CaptureResult(isInvalid || all.Count > 0 ? null : spec, all, isInvalid)
        {
            Advice = isInvalid || all.Count > 0 ? [] : findings.Advice,
            Shapes = isInvalid ? [] : findings.Shapes,
        };
    }

    /// <summary>What interpretation finds besides the spec and the broken rules.</summary>
    sealed class Findings
    {
        public IReadOnlyList<Problem> Advice { get; set; } = [];
        public IReadOnlyList<ShapeHint> Shapes { get; set; } = [];
    }

    static string Where(Exception e) => (e.StackTrace ?? "").Split('\n').FirstOrDefault()?.Trim() ?? "";

    public static DType Precision(INamedTypeSymbol type) =>
        type.Attribute(KnownTypes.ModelAttribute).Named<int>("Precision") == 1 ? DType.Float64 : DType.Float32;

    public static DType? Storage(INamedTypeSymbol type) => type.Attribute(KnownTypes.ModelAttribute).Named<int>("Storage") switch
    {
        1 => DType.BFloat16,
        2 => DType.Float16,
        _ => null,
    };

    static ModelSpec? Interpret(INamedTypeSymbol type, DType precision, IReadOnlyList<EntryMethod> entries, SourceIndex source, ProblemList problems, Findings findings)
    {
        var interpreter = new Interpreter(source, problems);
        var model = interpreter.Construct(type);
        var advice = new Advice(type, model);
        LayerNames.Assign(model);
        interpreter.Shared(model);

        var layers = new Dictionary<string, LayerSpec>(StringComparer.Ordinal);
        var functions = new List<FunctionSpec>();
        foreach (var entry in entries)
        {
            var recorder = new FunctionRecorder(precision, entry.Kind == FunctionKind.Objective, layers, source.Cancellation);
            interpreter.Recorder = recorder;
            var inputs = entry.Inputs.Select((input, i) => (Value)recorder.Input(input, i)).ToArray();
            int before = problems.Count;
            var result = interpreter.Run(entry.Method, model, inputs);
            findings.Shapes = interpreter.Shapes.All;
            if (Outputs(entry, result, source, problems, before) is not { } outputs) continue;
            advice.Add(entry, recorder, inputs.Select(i => ((TensorValue)i).Node).ToArray(), outputs.Select(o => o.Value.Node).ToArray());
            functions.Add(new FunctionSpec
            {
                Name = entry.Method.Name,
                Kind = entry.Kind,
                Inputs = new(entry.Inputs.ToArray()),
                Nodes = new(recorder.Nodes.ToArray()),
                Outputs = new(outputs.Select(o => o.Value.Index).ToArray()),
                OutputNames = new(outputs.Select(o => o.Name).ToArray()),
                UpdatedLayers = new(entry.UpdatedLayers.ToArray()),
            });
        }
        if (problems.Count == 0)
        {
            advice.CheckGradients(problems);
            findings.Advice = advice.UnusedLayers();
        }
        return new ModelSpec
        {
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Name = type.Name,
            Accessibility = SyntaxFacts.GetText(type.DeclaredAccessibility),
            Precision = precision,
            Storage = Storage(type),
            Layers = new(layers.Values.OrderBy(l => l.Path, StringComparer.Ordinal).ToArray()),
            Functions = new(functions.ToArray()),
            DeclaresStreaming = type.GetMembers().Any(m => Compiler.Codegen.GeneratedMembers.Streaming.Contains(m.Name) && !SourceIndex.IsGenerated(m)),
            DeclaresDecoding = type.GetMembers().Any(m => GeneratedMembers.Decoding.Contains(m.Name) && !SourceIndex.IsGenerated(m)),
            HasConstructor = type.InstanceConstructors.Any(c => !c.IsImplicitlyDeclared && !SourceIndex.IsGenerated(c)),
            Members = new(LayerMembers.Of(type).Select(m => new LayerMember(m.Symbol.Name, m.Name)).ToArray()),
        };
    }

    static List<(string Name, TensorValue Value)>? Outputs(EntryMethod entry, Value result, SourceIndex source, ProblemList problems, int before)
    {
        var place = DeclarationRules.PlaceOf(entry.Method) ?? Location.None;
        if (result.IsPoison)
        {
            // The reason may lie outside the method: in an initialiser, or in a method that was compiled before.
            if (problems.Count == 0 && !source.IsInvalid)
                problems.Add(Rules.Internal, $"'{entry.Method.Name}' has no value, and nothing says why: this is a fault of ModelGen; please report it with this code.", place);
            return null;
        }
        var values = result is TupleValue tuple ? tuple.Items : [result];
        var names = entry.Method.ReturnType is INamedTypeSymbol { IsTupleType: true } type
            ? type.TupleElements.Select((e, i) => e.IsExplicitlyNamedTupleElement ? e.Name : "output" + (i + 1).ToString(CultureInfo.InvariantCulture)).ToArray()
            : ["output"];
        if (values.Length != names.Length || values.Any(v => v is not TensorValue))
        {
            if (problems.Count == before) problems.Add(Rules.Evaluation, $"'{entry.Method.Name}' returns null instead of a tensor.", place);
            return null;
        }
        var outputs = names.Zip(values, (name, value) => (name, (TensorValue)value)).ToList();
        if (entry.Kind == FunctionKind.Objective && outputs[0].Item2.Node.Shape.Rank > 0)
        {
            var returned = DeclarationFixes.Returned(entry.Method);
            problems.Add(Rules.ScalarLoss, $"'{entry.Method.Name}' returns a tensor {outputs[0].Item2.Node.Shape}, but an objective must be a scalar; take the mean: .Mean().",
                returned?.GetLocation() ?? place, fix: returned is null ? null : DeclarationFixes.WithMean(returned));
        }
        CheckDeclaredResult(entry, outputs, problems, place);
        return outputs;
    }

    // [return: Shape(...)] is a promise that is checked.
    static void CheckDeclaredResult(EntryMethod entry, List<(string Name, TensorValue Value)> outputs, ProblemList problems, Location place)
    {
        var attribute = entry.Method.GetReturnTypeAttributes().FirstOrDefault(a => a.AttributeClass is { Name: "ShapeAttribute" } type && KnownTypes.InNamespace(type));
        if (attribute is null || outputs.Count != 1 || EntryMethods.ShapeOf(attribute, "The [return: Shape]", place, problems) is not { } declared) return;
        var returned = outputs[0].Value.Node.Shape;
        if (declared == returned) return;
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        var dimensions = Repair.Dimensions(returned);
        problems.Add(Rules.DeclaredResult, $"'{entry.Method.Name}' declares the result {declared}, but returns {returned}.", syntax?.GetLocation() ?? place,
            fix: syntax?.ArgumentList is { } list && dimensions is not null ? Fix.Replace($"Declare [return: Shape({dimensions})]", list, $"({dimensions})") : null);
    }
}
