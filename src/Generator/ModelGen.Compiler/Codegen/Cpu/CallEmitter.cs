using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>Prints the call of a runtime kernel, with its epilogue as a struct that the kernel applies to finished blocks.</summary>
internal sealed class CallEmitter(CallKernel kernel, KernelSignature signature, string name)
{
    readonly string type = kernel.Node.DType.CSharp();

    public void Emit(SourceWriter w)
    {
        var call = kernel.Call;
        var members = call.Shape.Select(m => $"{m.Member} = {(call.IntMembers && !m.Value.IsConstant ? "(int)" + LoopNames.Factor(m.Value) : m.Value.ToCode())}").ToArray();
        var operands = call.Operands ?? Enumerable.Range(0, kernel.Node.Inputs.Count).Select(i => (int?)i).ToArray();
        var arguments = operands.Select(o => o is int i ? signature.Pointer(Views.Root(kernel.Node.Inputs[i])) : "null").Append(signature.Pointer(kernel.Target)).ToList();
        var generics = $"V, {type}";
        KernelSignature? epilogue = null;
        var row = (Text: "", Signature: signature);
        if (call.Epilogue is not null)
        {
            if (kernel.Epilogue is { } loop)
            {
                epilogue = signature.Only(loop.Operands.Select(Views.Root).Concat(loop.Stores).Append(kernel.Target));
                row = new LoopEmitter(loop, epilogue, name).RowSegment(name + "Row");
                epilogue = epilogue.UsedBy(row.Text.Substring(row.Text.IndexOf('{')) + (call.Epilogue.Value.Batch.IsOne ? "" : call.Epilogue.Value.Rows.ToCode()));
                generics += $", {name}Epilogue<V>";
                arguments.Add($"new {name}Epilogue<V>({epilogue.Arguments})");
            }
            else
            {
                generics += ", NoEpilogue";
                arguments.Add("default(NoEpilogue)");
            }
        }

        var random = call.RandomStream is not null ? "ulong seed, long step, " : "";
        var update = kernel.Updated is null ? "" : $"in WeightUpdate<{type}> update, ";
        using (w.Block($"public static void {name}<V>(Team team, {random}{update}{signature.Parameters}) {LoopEmitter.Generics(type)}"))
        {
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
                    w.Line($"global::ModelGen.Execution.{call.Update}<V, {type}>(team, shape, {string.Join(", ", arguments.Take(kernel.Node.Inputs.Count))}, update, {signature.Pointer(kernel.Target)});");
                    w.Line("return;");
                }
            }
            // Qualified: the runtime's Conv2d is also the name of a layer.
            w.Line($"global::ModelGen.Execution.{call.Method}<{generics}>(team, shape, {string.Join(", ", literals.Concat(arguments))});");
        }
        if (epilogue is null) return;

        var view = call.Epilogue!.Value;
        w.Line();
        using (w.Block($"readonly struct {name}Epilogue<V>({epilogue.Parameters}) : IEpilogue {LoopEmitter.Generics(type)}"))
        using (w.Block("public void Apply(nint batch, nint row, nint rows, nint column, nint columns)"))
        {
            if (!view.Batch.IsOne) w.Line($"row += batch * {Parenthesised(view.Rows)};");
            w.Line("for (nint end = row + rows; row < end; row++)");
            using (w.Indent()) w.Line($"{name}Row<V>(row, column, column + columns, {row.Signature.Arguments});");
        }
        w.Line();
        w.Line(row.Text);
    }

    static string Parenthesised(Dim dim) => dim.IsConstant ? dim.ToCode() : "(" + dim.ToCode() + ")";

    static IEnumerable<IEnumerable<string>> Chunks(string[] items, int size)
    {
        for (int i = 0; i < items.Length; i += size) yield return items.Skip(i).Take(size);
    }
}
