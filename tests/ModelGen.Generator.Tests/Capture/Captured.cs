using System.Globalization;
using ModelGen.Compiler.Spec;
using ModelGen.Generator.Capture;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests.Capture;

/// <summary>A captured model as short text: what tests compare.</summary>
internal static class Captured
{
    public static CaptureResult Result(params string[] sources)
    {
        var compilation = TestCompilation.Of(sources);
        var type = compilation.GetSymbolsWithName(_ => true, Microsoft.CodeAnalysis.SymbolFilter.Type).OfType<Microsoft.CodeAnalysis.INamedTypeSymbol>()
            .Single(t => t.GetAttributes().Any(a => a.AttributeClass?.Name == "ModelAttribute"));
        return ModelCapture.Run(compilation, type, default);
    }

    public static ModelSpec Spec(params string[] sources)
    {
        var compilation = TestCompilation.Of(sources);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error && d.Id is not "CS0260").Select(d => d.ToString()));
        var result = Result(sources);
        Assert.Empty(result.Problems.Select(p => $"{p.Id}: {p.Message} @ {p.Place.SourceTree?.ToString()[p.Place.SourceSpan.Start..p.Place.SourceSpan.End]}"));
        Assert.False(result.IsInvalid);
        return result.Spec!;
    }

    /// <summary>Forward as one line: <c>%0=image; %1=conv1(%0); %2=Relu(%1)</c>.</summary>
    public static string Forward(params string[] sources) => Text(Spec(sources).Function("Forward")!);

    /// <summary>A model with one input [N, 8] and this body of Forward, preceded by these members.</summary>
    public static string Model(string body, string members = "", string types = "") => $$"""
        namespace Nets;
        [Model]
        public partial class Net
        {
            {{members}}
            public Tensor Forward([Shape("N", 8)] Tensor x) {{(body.Contains("return", StringComparison.Ordinal) ? "{ " + body + " }" : "=> " + body + ";")}}
        }
        {{types}}
        """;

    public static string Text(FunctionSpec function) =>
        string.Join("; ", function.Nodes.Select((n, i) => $"%{i}={Text(n)}")) + " -> " + string.Join(", ", function.Outputs.Select(o => "%" + o));

    static string Text(NodeSpec node) => node.Kind switch
    {
        NodeKind.Input => "in" + node.Target,
        NodeKind.Constant => node.Arguments[0].Number.ToString("R", CultureInfo.InvariantCulture),
        NodeKind.Layer => node.Target + Arguments(node),
        NodeKind.ScanStep or NodeKind.ScanCarry or NodeKind.ScanEnd or NodeKind.ScanResult => $"{node.Kind} {node.Target}".TrimEnd() + Arguments(node),
        _ => node.Target[..node.Target.LastIndexOf('/')].Replace("operator ", "", StringComparison.Ordinal) + Arguments(node),
    };

    static string Arguments(NodeSpec node) => "(" + string.Join(", ", node.Arguments.Select(Text)) + ")";

    static string Text(ArgumentSpec argument) => argument.Kind switch
    {
        ArgumentKind.None => "null",
        ArgumentKind.Number => argument.Number.ToString("R", CultureInfo.InvariantCulture),
        ArgumentKind.Flag => argument.Number != 0 ? "true" : "false",
        ArgumentKind.Node => "%" + argument.Nodes[0],
        ArgumentKind.Nodes => "[" + string.Join(", ", argument.Nodes.Select(n => "%" + n)) + "]",
        ArgumentKind.Size => argument.Sizes[0].ToString(),
        _ => "[" + string.Join(", ", argument.Sizes) + "]",
    };
}
