using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// Prints a row kernel of few columns (a softmax over ten classes) with a row in every lane: as many rows as a vector has lanes are transposed, and then every
/// step is one of whole vectors. Along its columns such a row would be mostly remainder, one number at a time.
/// </summary>
internal sealed class LaneEmitter(LoopKernel kernel, KernelSignature signature, string name)
{
    const long MostColumns = 16;

    readonly string type = kernel.Body[0].DType.CSharp();
    readonly Dialect lanes = Dialect.Lanes(kernel.Body[0].DType);

    /// <summary>Whether the kernel has few columns, and every operand is one number a row, or one for all, or rows that follow one another.</summary>
    public static bool Fits(LoopKernel kernel) =>
        kernel.Form == LoopForm.Row && kernel.Space.Columns is { IsConstant: true, Value: > 1 and <= MostColumns } && !kernel.Space.Rows.IsOne
        && kernel.Stores.All(s => !s.Stored.IsNarrow()) && kernel.Operands.All(o => !Views.Root(o).Stored.IsNarrow())
        && kernel.Operands.Where(o => !Views.IsImmediate(o)).All(o => Fits(o, kernel.AccessTo(o)));

    static bool Fits(Node operand, Access access) => access.RowTerms.Count switch
    {
        0 => !access.ContiguousColumns,
        1 => access.RowTerms[0] is { Divisor.IsOne: true, Modulus: null, Stride.IsConstant: true } term
            && (access.ContiguousColumns ? operand.DType != DType.Int32 : term.Stride.IsOne),
        _ => false,
    };

    public void Emit(SourceWriter w)
    {
        // Nothing is dear to repeat that fits into a few vectors, but functions are.
        var plan = RowPlan.For(kernel, LoopEmitter.CheapToRepeat);
        var columns = kernel.Space.Columns.ToCode();
        var names = new LoopNames(kernel, signature, lanes, isLanes: true);
        foreach (var node in plan.Spilled) names.Buffer(node, "kept");
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {LoopEmitter.Generics(type)}"))
        {
            w.Line("// Few columns: every lane of a vector is a row.");
            for (int i = 0; i < names.Buffers.Count; i++)
                w.Line($"{type}* {names.Buffers[i]} = {(i == 0 ? $"({type}*)team.Scratch({names.Buffers.Count} * {columns} * V.Count * sizeof({type}))" : $"{names.Buffers[i - 1]} + {columns} * V.Count")};");
            w.Line($"team.Range({kernel.Space.Rows.ToCode()}, 16, out nint from, out nint to);");
            using (w.Block("for (nint row = from; row < to; row += V.Count)"))
            {
                w.Line("nint rows = nint.Min(V.Count, to - row);");
                foreach (var line in names.Declarations) w.Line(line);
                for (int stage = 0; stage <= plan.LastStage; stage++)
                {
                    foreach (var node in plan.RowValues(stage)) w.Line($"V {names.RowValue(node)} = {names.Formula(node)};");
                    Pass(w, names, plan, stage);
                }
                foreach (var store in kernel.Stores)
                    w.Line(kernel.IsRowValue(store)
                        ? $"{names.RowValue(store)}.StorePartial({signature.Pointer(store)} + row, rows);"
                        : $"Transposition.Run({names.RowPointer(store)}, V.Count, {signature.Pointer(store)} + row * {columns}, {columns}, {columns}, rows);");
            }
        }
    }

    void Pass(SourceWriter w, LoopNames names, RowPlan plan, int stage)
    {
        var reductions = plan.Reductions(stage);
        var stores = plan.Stores(stage);
        if (reductions.Count == 0 && stores.Count == 0) return;
        foreach (var r in reductions) w.Line($"V {names.RowValue(r)} = {ReductionText.Start(r, type, vector: true)};");
        using (w.Block($"for (nint c = 0; c < {kernel.Space.Columns.ToCode()}; c++)"))
        {
            var text = new ElementText(kernel, names, lanes, plan.Reloaded(stage));
            text.Need(stores.Concat(reductions.Select(r => r.Inputs[0])));
            var statements = stores.Select(s => text.Store(s, names.RowPointer(s)))
                .Concat(reductions.Select(r => ReductionText.Accumulate(r, names.RowValue(r), text.Value(r.Inputs[0]), type, vector: true))).ToArray();
            foreach (var line in text.Lines) w.Line(line);
            foreach (var line in statements) w.Line(line);
        }
    }
}
