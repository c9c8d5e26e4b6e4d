using System.Globalization;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>What every generated call does first: finds the symbols' values from the lengths of the spans, and checks all lengths and labels.</summary>
internal sealed class CallText
{
    readonly Step step;
    readonly string type;
    readonly List<(InputSpec Input, string Symbol)> solved = [];

    public CallText(Step step, string type)
    {
        (this.step, this.type) = (step, type);
        Symbols = step.Function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().ToArray();
        // An input whose only unknown is one plain symbol gives that symbol's value.
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (bool progress = true; progress;)
        {
            progress = false;
            foreach (var input in step.Function.Inputs)
            {
                var unknown = input.Shape.Where(d => d.Symbols.Any(s => !known.Contains(s))).ToArray();
                if (unknown.Length != 1 || unknown[0].Symbols.Count() != 1 || unknown[0] != Dim.Symbol(unknown[0].Symbols.First())) continue;
                var symbol = unknown[0].Symbols.First();
                solved.Add((input, symbol));
                known.Add(symbol);
                progress = true;
            }
        }
        var taken = new HashSet<string>(step.Function.Inputs.Select(i => i.Name).Concat(Symbols), StringComparer.Ordinal);
        string Own(string name) => taken.Contains(name) ? name + "_" : name;
        Names = (Own("call"), Own("arguments"), Own("loss"), Own("member"), Own("optimizer"), Own("update"), Own("weight"), Own("gradients"), Own("trained"), Own("workspace"), taken.Contains("state") ? "this.state" : "state", Own("examples"), Own("count"), Own("step"));
        Unsolved = Symbols.Where(s => !known.Contains(s)).ToArray();
    }

    /// <summary>The call's own names, out of the way of the user's parameters.</summary>
    public (string Call, string Arguments, string Loss, string Member, string Optimizer, string Update, string Weight, string Gradients, string Trained, string Workspace, string State, string Examples, string Count, string Step) Names { get; }

    /// <summary>Symbols in order of appearance.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>Symbols that the lengths do not determine: extra int parameters.</summary>
    public IReadOnlyList<string> Unsolved { get; }

    public IEnumerable<string> Parameters => step.Function.Inputs.Select(i => $"ReadOnlySpan<{i.DType.CSharp()}> {i.Name}");
    public IEnumerable<string> SizeParameters => Unsolved.Select(s => "int " + s);

    /// <summary>Elements of workspace.</summary>
    public string WorkspaceElements => step.Memory.WorkspaceElements.ToLongCode();

    /// <summary>Multiply-adds of a call, to choose the number of threads.</summary>
    public string Work => step.MultiplyAdds.ToLongCode();

    public void Checks(SourceWriter w)
    {
        foreach (var symbol in Unsolved) w.Line($"Inputs.RequireNonEmpty({symbol}, nameof({symbol}));");
        foreach (var (input, symbol) in solved)
        {
            var unit = input.Shape.Elements.DivideExactly(Dim.Symbol(symbol))!;
            w.Line($"int {symbol} = Inputs.SolveSize({input.Name}.Length, {unit.ToLongCode()}, nameof({input.Name}), \"{input.Shape}\", \"{symbol}\");");
        }
        foreach (var input in step.Function.Inputs.Where(i => solved.All(s => s.Input != i))) RequireLength(w, input.Name, input.Shape);
        // Sizes such as H - 2 need more than an H of at least 1.
        foreach (var (size, shape) in DoubtfulSizes())
        {
            var code = size.ToLongCode();
            var given = string.Join(", ", size.Symbols.Select(s => $"{s} = {{{s}}}"));
            w.Line($"if ({code} < 1) Inputs.ThrowTooSmall({code}, \"{size}\", \"{shape}\", $\"{given}\");");
        }
        foreach (var (name, bound, ignored) in Labels())
            w.Line($"Inputs.RequireLabels({name}, {Int(bound)}, nameof({name}){(ignored is int index ? ", " + Int(index) : "")});");
    }

    public void RequireLength(SourceWriter w, string name, Shape shape)
    {
        var symbols = shape.SelectMany(d => d.Symbols).Distinct().ToArray();
        // Only text for the message: written so that nothing is formatted, or allocated, unless it is thrown.
        w.Line($"if ({name}.Length != {shape.Elements.ToLongCode()}) Inputs.RequireLength({name}.Length, {shape.Elements.ToLongCode()}, nameof({name}), \"{shape}\", " +
            (symbols.Length == 0 ? "\"\");" : $"$\"{string.Join(", ", symbols.Select(s => $"{s} = {{{s}}}"))}\");"));
    }

    /// <summary>Results are written while inputs are still read, by several threads: neither may share memory with the other, nor results among themselves.</summary>
    public void RequireApart(SourceWriter w)
    {
        // What a stream carries is its own.
        int carried = step.Stream?.States.Count ?? 0;
        var inputs = step.Function.Inputs.Take(step.Function.Inputs.Count - carried).Select(i => i.Name);
        var outputs = step.Function.OutputNames.Take(step.Function.OutputNames.Count - carried).ToArray();
        for (int i = 0; i < outputs.Length; i++)
            foreach (var other in inputs.Concat(outputs.Take(i)))
                w.Line($"Inputs.RequireApart({outputs[i]}, nameof({outputs[i]}), {other}, nameof({other}));");
    }

    /// <summary>Pins the spans of the caller for the block that follows.</summary>
    public void Pin(SourceWriter w, IEnumerable<string> outputs)
    {
        foreach (var input in step.Function.Inputs) w.Line($"fixed ({input.DType.CSharp()}* {input.Name}Pointer = {input.Name})");
        foreach (var output in outputs) w.Line($"fixed ({OutputType(output)}* {output}Pointer = {output})");
    }

    public void ArgumentMembers(SourceWriter w)
    {
        if (Symbols.Count > 0) w.Line(string.Join(" ", Symbols.Select(s => $"{s} = {s},")));
        foreach (var input in step.Function.Inputs) w.Line($"{Identifiers.Pascal(input.Name)} = {input.Name}Pointer,");
    }

    IEnumerable<(Dim Size, Shape Shape)> DoubtfulSizes() => Everywhere(step.Lowered)
        .SelectMany(n => n.Shape.Select(d => (Size: d, n.Shape)))
        .Where(p => !p.Size.IsConstant && !p.Size.DominatesOrEquals(Dim.One))
        .GroupBy(p => p.Size).Select(g => g.First());

    // The nodes of the graph and of the bodies of its loops.
    static IEnumerable<Node> Everywhere(Graph graph) => graph.Live().SelectMany(n => n.Op is Scan scan ? Everywhere(scan.Body).Prepend(n) : [n]);

    // Ops say which of their integer inputs are indices, and below what.
    IEnumerable<(string Name, Dim Bound, int? Ignored)> Labels() => IndexRange.Uses(step.Lowered.Nodes)
        .Select(u => (Root: Views.Root(u.User.Inputs[u.Input]), u.Bound, u.Ignored))
        .Where(p => p.Root.Op is InputLeaf)
        .Select(p => (((InputLeaf)p.Root.Op).Input, p.Bound, p.Ignored))
        .Distinct();

    /// <summary>The C# type of an output's elements.</summary>
    public string OutputType(string name) => step.Lowered.Outputs.First(o => o.Name == name).Value.DType is DType.Int32 ? "int" : type;

    static string Int(Dim dim) => dim.ToCode();
}
