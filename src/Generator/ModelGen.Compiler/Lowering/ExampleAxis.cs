using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Lowering;

/// <summary>
/// The axis of the examples of an objective: the first axis of its inputs, along which no example acts on another. Then the gradient of one example is that of a batch
/// of one, and the same program computes it.
/// </summary>
/// <param name="Symbol">The number of examples; null when there is no such axis.</param>
/// <param name="Reason">Why there is none, as a clause; null when there is one.</param>
internal sealed record ExampleAxis(string? Symbol, string? Reason)
{
    /// <param name="function">The objective.</param>
    /// <param name="lowered">Its graph in training form, before autodiff.</param>
    public static ExampleAxis Of(FunctionSpec function, Graph lowered)
    {
        var candidates = function.Inputs.Where(i => i.Shape.Rank > 0 && i.Shape[0].SymbolName is not null).Select(i => i.Shape[0].SymbolName!).Distinct()
            .Where(s => function.Inputs.All(i => Begins(i, s) || !i.Shape.Any(d => d.Symbols.Contains(s)))).ToArray();
        if (candidates.Length == 0) return new(null, "no input begins with an axis of examples, as in [Shape(\"N\", 8)]");
        var graph = Decompose.Except(lowered, _ => false);
        string? reason = null;
        foreach (var symbol in candidates)
        {
            var found = new ExampleFlow(symbol).Obstacle(graph);
            if (found is null) return new(symbol, null);
            reason ??= found;
        }
        return new(null, reason);
    }

    /// <summary>Whether an input has a row for each example; else it is the same for all of them.</summary>
    public bool IsOf(InputSpec input) => Begins(input, Symbol!);

    static bool Begins(InputSpec input, string symbol) => input.Shape.Rank > 0 && input.Shape[0] == Dim.Symbol(symbol) && !input.Shape.Skip(1).Any(d => d.Symbols.Contains(symbol));
}
