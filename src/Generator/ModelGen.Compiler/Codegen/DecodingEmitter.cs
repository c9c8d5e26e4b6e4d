using System.Globalization;
using ModelGen.Compiler.Codegen.Cpu;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>Prints what a user decodes with: <c>StartDecoding</c>, and the session that runs the model's incremental form.</summary>
internal sealed class DecodingEmitter(ModelSpec model, Step step, IncrementalForm form)
{
    readonly string type = model.Precision.CSharp();

    string Input => step.Function.Inputs[0].DType.CSharp();

    public void Emit(SourceWriter w)
    {
        var output = step.Schedule.Graph.Outputs[0].Value.Shape;
        var input = step.Function.Inputs[0];
        bool batches = !form.Batch.IsConstant;
        long? usual = form.DeclaredLength is long declared ? Math.Min(declared, form.Limit?.Positions ?? declared) : form.Limit?.Positions;

        w.Line("/// <summary>");
        w.Line($"/// Begins to decode: Forward, compiled to read a sequence position by position. The session keeps the keys and values of all attention layers; each call takes the next");
        w.Line($"/// {input.Shape} and gives {output}, the result of the last of them. Any number of sessions may use the model at once.");
        w.Line("/// </summary>");
        w.Line($"/// <param name=\"capacity\">How many positions to have room for{(form.Limit is var (what, positions) ? $"; '{what}' has {Number(positions)}" : "")}.</param>");
        if (batches) w.Line("/// <param name=\"batch\">How many sequences to decode side by side.</param>");
        w.Line("/// <exception cref=\"ArgumentOutOfRangeException\">A number is below 1, or there are not so many positions.</exception>");
        w.Line($"public DecodingSession<{Input}, {type}> StartDecoding(int capacity{(usual is long u ? " = " + Number(u) : "")}{(batches ? ", int batch = 1" : "")}) => new Decoding(this, capacity, {(batches ? "batch" : form.Batch.ToCode())});");
        w.Line();
        w.Line("/// <summary>A sequence that is being decoded.</summary>");
        using (w.Block($"private sealed class Decoding({model.Name} model, int capacity, int batch) : DecodingSession<{Input}, {type}>(Plan, capacity, batch)"))
        {
            Plan(w, output);
            w.Line();
            w.Line("/// <inheritdoc/>");
            w.Line("protected override long WeightsVersion => model.state.Version;");
            w.Line();
            Run(w);
        }
        w.Line();
    }

    void Plan(SourceWriter w, Shape output)
    {
        var input = step.Function.Inputs[0];
        Dim batch = form.Batch, time = Dim.Symbol(form.Length), capacity = Dim.Symbol(form.Capacity);
        string Unit(Dim all, Dim each) => all.DivideExactly(each)!.ToCode();
        using var plan = w.Block("private static readonly DecodingPlan Plan = new()", "};");
        w.Line($"Model = \"{model.Name}\",");
        w.Line($"Input = (\"{input.Name}\", \"{input.Shape}\", {Unit(input.Shape.Elements, batch * time)}),");
        w.Line($"Output = (\"{step.Function.OutputNames[0]}\", \"{output}\", {Unit(output.Elements, batch)}),");
        w.Line($"CacheUnit = {Unit(step.Memory.CacheElements, batch * capacity)},   // keys and values of {step.Memory.Caches} {(step.Memory.Caches == 1 ? "attention" : "attentions")}");
        if (Vocabulary() is { } bound) w.Line($"Vocabulary = {bound.ToCode()},");
        if (form.Limit is var (parameter, rows)) w.Line($"Limit = (\"{parameter}\", {Number(rows)}),");
    }

    // Tokens are indices: below the smallest table that they name rows of.
    Dim? Vocabulary() => step.Lowered.Live().Select(n => (Node: n, Bound: n.Op.IndexBound(n))).Where(p => p.Bound is { } b && Views.Root(p.Node.Inputs[b.Input]).Op is InputLeaf)
        .Select(p => p.Bound!.Value.Bound).OrderBy(b => b.Value).FirstOrDefault();

    void Run(SourceWriter w)
    {
        var input = step.Function.Inputs[0];
        var output = step.Function.OutputNames[0];
        var symbols = new Dictionary<string, string>(StringComparer.Ordinal) { [form.Length] = "length", [form.Position] = "position", [form.Capacity] = "CacheCapacity" };
        if (form.Batch.SymbolName is { } name) symbols[name] = "Batch";
        string Of(Dim dim) => dim.Rename(s => symbols[s]).ToLongCode();
        w.Line("/// <inheritdoc/>");
        using var method = w.Block($"protected override unsafe void Run(ReadOnlySpan<{Input}> input, Span<{type}> output, int length, int position)");
        w.Line($"using var call = model.state.Read(\"Decode\", Workspace, {Of(step.Memory.WorkspaceElements)});");
        w.Line($"fixed ({Input}* inputPointer = input)");
        w.Line($"fixed ({type}* outputPointer = output)");
        using var pinned = w.Braces();
        using (w.Block("var arguments = new DecodeProgram.Arguments", "};"))
        {
            w.Line(string.Join(" ", step.Symbols.Select(s => $"{s} = {symbols[s]},")));
            w.Line($"{Identifiers.Pascal(input.Name)} = inputPointer,");
            w.Line($"{Identifiers.Pascal(output)}Result = outputPointer,");
            w.Line("Parameters = model.state.Values,");
            w.Line("Cache = Cache,");
            if (step.Packing.Elements is > 0 and var panels) w.Line($"Panels = model.state.Packed({Number(panels)}, DecodeProgram.PackForThisMachine),");
            w.Line("Workspace = call.Workspace,");
        }
        w.Line($"DecodeProgram.Threads.Run(DecodeProgram.ForThisMachine, &arguments, {Of(step.MultiplyAdds)});");
    }

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
