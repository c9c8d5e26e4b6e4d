using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// Gives the user's sizes and results names that generated code can use beside its own: <c>[Shape("V")]</c> must not meet the vector type V, and a
/// result must not be called like an input. Names that collide with nothing, nearly all, stay as they are.
/// </summary>
internal static class SafeNames
{
    /// <summary>What generated code calls its own things, in calls, programs and kernels.</summary>
    static readonly HashSet<string> Own =
    [
        "V", "a", "c", "team", "row", "rows", "column", "columns", "from", "to", "batch", "block", "blockEnd", "end", "first", "last", "group", "shape", "seed", "step",
        "arguments", "call", "workspace", "optimizer", "member", "loss", "state", "kept", "nint",
    ];

    public static ModelSpec For(ModelSpec spec) => spec with { Functions = new(spec.Functions.Select(For)) };

    static FunctionSpec For(FunctionSpec function)
    {
        var inputs = function.Inputs.Select(i => i.Name).ToArray();
        var taken = new HashSet<string>(inputs, StringComparer.Ordinal);
        taken.UnionWith(Own);
        var outputs = function.OutputNames.Select(n => Free(n, "Result", taken)).ToArray();
        taken.UnionWith(function.Inputs.Select(i => i.Name + "Pointer"));
        // Sizes are printed into every kernel, in every language.
        taken.UnionWith(Dialect.OpenClLoopWords);
        taken.UnionWith(Dialect.OpenClKeywords);

        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var symbol in function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct()) renamed[symbol] = Free(symbol, "Size", taken);
        if (renamed.All(r => r.Key == r.Value)) return function with { OutputNames = new(outputs) };

        string Symbol(string s) => renamed.TryGetValue(s, out var name) ? name : s;
        Dim Rename(Dim d) => d.Rename(Symbol);
        return function with
        {
            OutputNames = new(outputs),
            Inputs = new(function.Inputs.Select(i => i with { Shape = new Shape(i.Shape.Select(Rename)) })),
            Nodes = new(function.Nodes.Select(n => n with { Arguments = new(n.Arguments.Select(a => a with { Sizes = new(a.Sizes.Select(Rename)) })) })),
        };
    }

    // Marks the name as taken, too.
    static string Free(string name, string suffix, HashSet<string> taken)
    {
        while (!taken.Add(name)) name += suffix;
        return name;
    }
}
