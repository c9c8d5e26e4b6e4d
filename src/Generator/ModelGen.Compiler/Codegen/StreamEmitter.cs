using System.Globalization;
using ModelGen.Compiler.Lowering;

namespace ModelGen.Compiler.Codegen;

/// <summary>Prints the session that takes sequences piece by piece: a class that holds what the loops over time carry from one piece to the next.</summary>
internal sealed class StreamEmitter(string model, Step step, StreamForm form, string type)
{
    readonly CallText call = new(step, type);

    public void Emit(SourceWriter w)
    {
        int given = form.Function.Inputs.Count - form.States.Count, results = form.Function.OutputNames.Count - form.States.Count;
        var inputs = form.Function.Inputs.Take(given).ToArray();
        var outputs = form.Function.OutputNames.Take(results).ToArray();
        // The sizes of what is carried are known when the stream begins.
        string[] sizes = [.. form.States.SelectMany(s => s.Shape).SelectMany(d => d.Symbols).Distinct()];
        string Parameter(string symbol) => sizes.Length == 1 ? "batch" : symbol;
        Dim Sized(Dim dim) => dim.Rename(Parameter);
        string parameters = string.Join(", ", sizes.Select(s => "int " + Parameter(s)));
        string docs = string.Concat(sizes.Select(s => $"\n/// <param name=\"{Parameter(s)}\">The size {s}: it stays the same until the stream ends.</param>"));

        w.Line("/// <summary>Begins a stream: sequences that come piece by piece, as from a sensor. Any number of streams may read one model at once.</summary>");
        foreach (string line in docs.Split(['\n'], StringSplitOptions.RemoveEmptyEntries)) w.Line(line);
        w.Line($"public StreamingSession StartStreaming({parameters}) => new({string.Join(", ", sizes.Select(Parameter).Prepend("this"))});");
        w.Line();
        w.Line("/// <summary>Sequences that come piece by piece. After each piece the results are those that Predict gives of all pieces so far, if the weights stay the same. One call at a time.</summary>");
        using var block = w.Block("public sealed class StreamingSession : StreamSession");
        w.Line($"private readonly {model} model;");
        foreach (var state in form.States) w.Line($"private {type}[] {state.Input}, {state.Output};   // {state.Shape}");
        w.Line();
        using (w.Block($"internal StreamingSession({string.Join(", ", sizes.Select(s => "int " + Parameter(s)).Prepend(model + " model"))})"))
        {
            foreach (string symbol in sizes) w.Line($"Inputs.RequireNonEmpty({Parameter(symbol)}, nameof({Parameter(symbol)}));");
            w.Line("this.model = model;");
            foreach (var state in form.States)
            {
                string count = Sized(state.Shape.Elements).ToCode();
                w.Line($"{state.Input} = new {type}[checked({count})];");
                w.Line($"{state.Output} = new {type}[{count}];");
            }
            w.Line("Forget();");
        }
        w.Line();
        w.Line("/// <inheritdoc/>");
        using (w.Block("protected override void Forget()"))
            foreach (var state in form.States) w.Line($"Array.Fill({state.Input}, {Literal(state.First)});");
        w.Line();
        w.Line("/// <summary>Takes the next piece, of any length. Allocates nothing after the first piece of a length. A call that throws has taken nothing.</summary>");
        foreach (var input in inputs) w.Line($"/// <param name=\"{input.Name}\">{input.Shape}, row-major.</param>");
        for (int i = 0; i < outputs.Length; i++) w.Line($"/// <param name=\"{outputs[i]}\">Receives {step.Lowered.Outputs[i].Value.Shape}.</param>");
        foreach (var symbol in call.Unsolved) w.Line($"/// <param name=\"{symbol}\">The size {symbol}, which the lengths do not determine.</param>");
        w.Line("/// <exception cref=\"ArgumentException\">Lengths do not fit each other or the batch, or a result shares memory with something else.</exception>");
        w.Line("/// <exception cref=\"InvalidOperationException\">Another call is using the session.</exception>");
        var spans = inputs.Select(i => $"ReadOnlySpan<{i.DType.CSharp()}> {i.Name}").Concat(outputs.Select(o => $"Span<{call.OutputType(o)}> {o}")).Concat(call.SizeParameters);
        using (w.Block($"public void Predict({string.Join(", ", spans)})"))
        {
            // States first: they say the batch, and the batch says the length of the piece.
            var arguments = inputs.Select(i => i.Name).Concat(form.States.Select(s => "this." + s.Input)).Concat(outputs).Concat(form.States.Select(s => "this." + s.Output)).Concat(call.Unsolved).Append("this.Workspace");
            w.Line("using var _ = Begin();");
            w.Line($"model.{step.Name}Core({string.Join(", ", arguments)});");
            foreach (var state in form.States) w.Line($"(this.{state.Input}, this.{state.Output}) = (this.{state.Output}, this.{state.Input});");
        }
    }

    string Literal(double value) => value.ToString("R", CultureInfo.InvariantCulture) + (type == "float" ? "f" : "d");
}
