using System.Globalization;
using ModelGen.Compiler.Lowering;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// Prints the member that computes the gradient of each example by itself: the program of the training step, run for one example at a time, several examples at once. Where
/// examples act on each other the member is there too, and its use is an error that says why.
/// </summary>
internal sealed class PerExampleEmitter(Step train, CallText call, string type)
{
    readonly ExampleAxis axis = ExampleAxis.Of(train.Function, train.Lowered);

    /// <param name="w">Where to print.</param>
    /// <param name="arguments">Prints the members of the program's arguments.</param>
    public void Emit(SourceWriter w, Action arguments)
    {
        var own = call.Names;
        string member = GeneratedMembers.PerExample(train.Function.Name);
        string parameters = string.Join(", ", call.Parameters.Concat(call.SizeParameters).Append($"PerExampleGradients {own.Examples}"));
        if (axis.Symbol is not { } symbol)
        {
            string refusal = Literal($"There are no gradients of single examples: {axis.Reason}.");
            w.Line($"/// <summary>Not for this objective: {Escaped(axis.Reason!)}.</summary>");
            w.Line($"[Obsolete({refusal}, error: true, DiagnosticId = \"{Rules.NotDifferentiable}\")]");
            w.Line($"public {type} {member}({parameters}) => throw new NotSupportedException({refusal});");
            w.Line();
            return;
        }
        w.Line("/// <summary>");
        w.Line($"/// The gradient of each of the {symbol} examples by itself, in training form: what {GeneratedMembers.Gradients(train.Function.Name)} gives of a batch of that one example. Their mean, each limited to");
        w.Line($"/// <see cref=\"PerExampleGradients.MaxNorm\"/>, is then in <see cref=\"Parameters\"/> and waits for optimizer.Step(Parameters). Returns the mean loss. Allocates nothing after the first call with a batch size.");
        w.Line("/// </summary>");
        foreach (var input in train.Function.Inputs) w.Line($"/// <param name=\"{input.Name}\">{input.Shape}, row-major.</param>");
        foreach (var size in call.Unsolved) w.Line($"/// <param name=\"{size}\">The size {size}, which the lengths do not determine.</param>");
        w.Line($"/// <param name=\"{own.Examples}\">Receives losses and norms, and the gradients if it keeps them.</param>");
        w.Line("/// <exception cref=\"ArgumentException\">A length fits no batch, lengths do not fit each other, or a label is out of range.</exception>");
        w.Line("/// <exception cref=\"NonFiniteLossException\">The loss of an example is not a number or infinite; the model is unchanged.</exception>");
        using (w.Block($"public unsafe {type} {member}({parameters})"))
        {
            w.Line($"ArgumentNullException.ThrowIfNull({own.Examples});");
            call.Checks(w);
            w.Line($"int {own.Count} = {symbol};");
            w.Line($"{symbol} = 1;   // each example is a batch of its own");
            w.Line($"var {own.Step} = new PerExampleStep<{type}>({own.State}, {own.Count}, {call.Work}, {call.WorkspaceElements});");
            w.Line($"using var {own.Call} = {own.State}.Write(\"{member}\", {own.Step}.WorkspaceElements);");
            call.Pin(w, []);
            using (w.Braces())
            {
                arguments();
                w.Line($"ReadOnlySpan<long> {own.Trained} = stackalloc long[] {{ {string.Join(", ", train.Ranges.Select(r => $"{Number(r.First)}, {Number(r.Count)}"))} }};");
                w.Line($"return {own.Step}.Run(\"{member}\", &{train.Name}Example, &{own.Arguments}, {own.Call}.Workspace, {own.Trained}, {own.Examples});");
            }
        }
        w.Line();
        Example(w, symbol);
    }

    // The same arguments, moved on to one example.
    void Example(SourceWriter w, string symbol)
    {
        w.Line($"/// <summary>{train.Name} of one example on one thread: the loss, and the gradients where they are wanted.</summary>");
        using (w.Block($"private static unsafe {type} {train.Name}Example(void* arguments, long example, void* update, {type}* gradients, {type}* workspace)"))
        {
            w.Line($"var one = *({train.Name}Program.Arguments*)arguments;");
            var rows = train.Function.Inputs.Where(axis.IsOf).Select(i => (Input: i, Row: i.Shape.Elements.DivideExactly(Dim.Symbol(symbol))!)).ToArray();
            foreach (var (input, row) in rows) w.Line($"one.{Identifiers.Pascal(input.Name)} += example * {Elements(row)};");
            w.Line("one.Gradients = gradients;");
            w.Line("one.Workspace = workspace;");
            w.Line("one.Update = update;");
            if (SurfaceEmitter.IsRandom(train)) w.Line("one.Seed = PerExampleSeed.Of(one.Seed, example);");
            w.Line($"{train.Name}Program.ForThisMachine(&one, Team.Single);");
            w.Line($"return workspace[{OfOne(train.Memory[train.Schedule.Graph.Outputs[0].Value].Offset)}];");

            string Elements(Dim row) => row.IsConstant ? row.ToCode() : $"({OfOne(row)})";
            string OfOne(Dim size) => size.Rename(s => "one." + s).ToCode();
        }
        w.Line();
    }

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    static string Literal(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
    static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
