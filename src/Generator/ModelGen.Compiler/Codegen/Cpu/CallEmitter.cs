using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>Prints the call of a runtime kernel, with its epilogue as a struct that the kernel applies to finished blocks.</summary>
internal sealed class CallEmitter(CallKernel kernel, KernelSignature signature, string name, DType precision, bool hasPanels)
{
    const long MostNarrowColumns = 32;

    // The model's, also where the result are integers.
    readonly string type = precision.CSharp();

    public void Emit(SourceWriter w)
    {
        var call = kernel.Call;
        var members = call.Shape.Select(m => $"{m.Member} = {(call.IntMembers && !m.Value.IsConstant ? "(int)" + LoopNames.Factor(m.Value) : m.Value.ToCode())}").ToArray();
        var operands = call.Operands ?? Enumerable.Range(0, kernel.Node.Inputs.Count).Select(i => (int?)i).ToArray();
        var arguments = operands.Select(o => o is int i ? signature.Pointer(Views.Root(kernel.Node.Inputs[i])) : "null").Append(signature.Pointer(kernel.Target)).ToList();
        if (kernel.Pooling is { } pooling) arguments.Add(signature.Pointer(pooling.Target));
        // Of a product: the formats of its factors, where one has 16 bits.
        var formats = kernel.Node.Inputs.Select(i => Views.Root(i).Stored).ToArray();
        var elements = call.Method == "MatMul.Run" && formats.Any(f => f.IsNarrow()) ? $"V, {type}, {formats[0].CSharp()}, {formats[1].CSharp()}" : $"V, {type}";
        var epilogues = Epilogues().ToArray();
        var epilogueTypes = string.Concat(epilogues.Select(e => e.Loop is null ? ", NoEpilogue" : $", {e.Name}<V>"));
        arguments.AddRange(epilogues.Select(e => e.Loop is null ? "default(NoEpilogue)" : $"new {e.Name}<V>({e.Signature.Arguments})"));

        if (hasPanels) arguments.Add("panels");
        var random = call.RandomStream is not null ? "ulong seed, long step, " : "";
        var update = kernel.Updated is null ? "" : $"in WeightUpdate<{type}> update, ";
        using (w.Block($"public static void {name}<V>(Team team, {random}{update}{signature.Parameters}{(hasPanels ? $", {type}* panels" : "")}) {LoopEmitter.Generics(type)}"))
        {
            foreach (var reason in CallReasons.Of(kernel, hasPanels, precision)) w.Line("// " + reason);
            w.Line($"var shape = new {call.ShapeType}");
            using (w.Braces("};"))
                foreach (var group in Chunks(members, 6)) w.Line(string.Join(", ", group) + ",");
            var literals = call.Options.ToList();
            if (call.RandomStream is ulong stream) literals.Add($"seed, step, 0x{stream.ToString("x16", System.Globalization.CultureInfo.InvariantCulture)}");
            if (kernel.Updated is not null)
            {
                // While one is wanted: a call that only computes gradients stores them.
                using (w.Block("if (update.IsFused)"))
                {
                    w.Line($"global::ModelGen.Execution.{call.Update}<{elements}>(team, shape, {string.Join(", ", arguments.Take(kernel.Node.Inputs.Count))}, update, {signature.Pointer(kernel.Target)});");
                    w.Line("return;");
                }
            }
            // Qualified: the runtime's Conv2d is also the name of a layer.
            w.Line($"global::ModelGen.Execution.{call.Method}<{elements}{epilogueTypes}>(team, shape, {string.Join(", ", literals.Concat(arguments))});");
        }
        foreach (var epilogue in epilogues.Where(e => e.Loop is not null)) Print(w, epilogue);
    }

    // What follows the kernel, and what follows its pooling.
    IEnumerable<Epilogue> Epilogues()
    {
        if (kernel.Call.Epilogue is { } view) yield return Of(kernel, view, name + "Epilogue", name + "Rows");
        if (kernel.Pooling is { Call.Epilogue: { } after } pooling) yield return Of(pooling, after, name + "PooledEpilogue", name + "PooledRows");

        Epilogue Of(CallKernel call, (Dim Batch, Dim Rows, Dim Columns) view, string own, string rows)
        {
            if (call.Epilogue is not { } loop) return new(own, rows, view, null, signature, signature, "");
            var used = signature.Only(loop.Operands.Select(Views.Root).Concat(loop.Stores).Append(call.Target));
            var (text, ofRows) = new LoopEmitter(loop, used, name).RowSegment(rows);
            return new(own, rows, view, loop, used.UsedBy(text.Substring(text.IndexOf('{')) + (view.Batch.IsOne ? "" : view.Rows.ToCode())), ofRows, text);
        }
    }

    /// <param name="Name">The struct.</param>
    /// <param name="Rows">The method that computes some rows.</param>
    /// <param name="View">Batch, rows and columns of the result that it follows.</param>
    /// <param name="Loop">What it computes; null for nothing.</param>
    /// <param name="Signature">What the struct holds.</param>
    /// <param name="OfRows">What the method takes.</param>
    /// <param name="Text">The method.</param>
    sealed record Epilogue(string Name, string Rows, (Dim Batch, Dim Rows, Dim Columns) View, LoopKernel? Loop, KernelSignature Signature, KernelSignature OfRows, string Text);

    void Print(SourceWriter w, Epilogue epilogue)
    {
        var view = epilogue.View;
        w.Line();
        using (w.Block($"readonly struct {epilogue.Name}<V>({epilogue.Signature.Parameters}) : IEpilogue {LoopEmitter.Generics(type)}"))
        using (w.Block("public void Apply(nint batch, nint row, nint rows, nint column, nint columns)"))
        {
            if (!view.Batch.IsOne) w.Line($"row += batch * {Parenthesised(view.Rows)};");
            w.Line("nint end = row + rows;");
            if (NarrowRows(epilogue.Loop!, view.Columns)) Widened(w, epilogue, view.Columns.ToCode());
            w.Line($"{epilogue.Rows}<V>(row, end, column, column + columns, {epilogue.OfRows.Arguments});");
        }
        w.Line();
        w.Line(epilogue.Text);
    }

    // Rows that would be mostly remainder, one number at a time; and operands that are the same when some rows are seen as one.
    static bool NarrowRows(LoopKernel loop, Dim columns) =>
        // Of a single row even the result would look the same for all rows.
        columns is { IsConstant: true, Value: > 1 and <= MostNarrowColumns } && columns.Value % 16 != 0 && loop.Space.Columns == columns && !loop.Space.Rows.IsOne
        && loop.Stores.All(s => !s.Stored.IsNarrow()) && loop.Body.All(n => n.Op is not ElementwiseOp { UsesCoordinate: true })
        && loop.Operands.Where(o => !Views.IsImmediate(o)).All(o => o.DType != DType.Int32 && !Views.Root(o).Stored.IsNarrow() && loop.AccessTo(o) is var access
            && (access.RowTerms.Count == 0 || (access is { ContiguousColumns: true, RowTerms.Count: 1 } && access.RowTerms[0] is { Divisor.IsOne: true, Modulus: null } term && term.Stride == columns)));

    // As many rows as a vector has lanes are whole vectors together.
    void Widened(SourceWriter w, Epilogue epilogue, string columns)
    {
        var loop = epilogue.Loop!;
        w.Line($"// V.Count rows of {columns} columns are {columns} whole vectors.");
        var repeated = loop.Operands.Where(o => !Views.IsImmediate(o) && loop.AccessTo(o) is { ContiguousColumns: true, RowTerms.Count: 0 })
            .Select(o => epilogue.OfRows.Pointer(Views.Root(o))).Distinct().ToArray();
        foreach (var pointer in repeated)
        {
            w.Line($"{type}* {pointer}Repeated = stackalloc {type}[{columns} * V.Count];");
            w.Line($"for (int i = 0; i < {columns} * V.Count; i++) {pointer}Repeated[i] = {pointer}[i % {columns}];");
        }
        var arguments = string.Join(", ", epilogue.OfRows.Arguments.Split(',').Select(a => a.Trim()).Select(a => repeated.Contains(a) ? a + "Repeated" : a));
        w.Line($"if (columns == {columns})");
        using (w.Indent())
        {
            w.Line($"for (; row <= end - V.Count; row += V.Count)");
            using (w.Indent()) w.Line($"{epilogue.Rows}<V>(row, row + 1, 0, {columns} * V.Count, {arguments});");
        }
    }

    static string Parenthesised(Dim dim) => dim.IsConstant ? dim.ToCode() : "(" + dim.ToCode() + ")";

    static IEnumerable<IEnumerable<string>> Chunks(string[] items, int size)
    {
        for (int i = 0; i < items.Length; i += size) yield return items.Skip(i).Take(size);
    }
}
