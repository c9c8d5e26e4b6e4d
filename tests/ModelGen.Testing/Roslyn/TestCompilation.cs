using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ModelGen.Testing.Roslyn;

/// <summary>Compilations of source text against the framework and the ModelGen runtime of the running test.</summary>
internal static class TestCompilation
{
    /// <summary>What every project that uses models imports.</summary>
    public const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using ModelGen;";

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => IsNeeded(Path.GetFileName(p))).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    static bool IsNeeded(string file) => file is "ModelGen.Runtime.dll" or "ModelGen.Attributes.dll" or "netstandard.dll" or "mscorlib.dll"
        || (file.StartsWith("System.", StringComparison.Ordinal) && !file.Contains("Private.Xml", StringComparison.Ordinal));

    /// <param name="sources">Each becomes a file Net0.cs, Net1.cs, ...</param>
    public static CSharpCompilation Of(params string[] sources) => Of(unsafeBlocks: true, sources);

    public static CSharpCompilation Of(bool unsafeBlocks, params string[] sources) => CSharpCompilation.Create(
        "TestAssembly",
        sources.Select((s, i) => Tree(s, $"Net{i}.cs")).Append(Tree(Usings, "Usings.cs")),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: unsafeBlocks));

    public static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path, System.Text.Encoding.UTF8);

    /// <summary>The same compilation with the text of one file replaced.</summary>
    public static Compilation Edit(this Compilation compilation, string path, Func<string, string> edit)
    {
        var old = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        return compilation.ReplaceSyntaxTree(old, Tree(edit(old.ToString()), path));
    }
}
