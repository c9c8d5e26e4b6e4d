using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>Prints fused loops as C#: a vector loop over the columns, then the remaining columns one by one.</summary>
internal sealed class LoopEmitter(LoopKernel kernel, KernelSignature signature, string name)
{
    const int ReductionBlock = 128;

    // Memory is near: what costs more than this is computed once and kept.
    public const int CheapToRepeat = 8;

    readonly string type = kernel.Body[0].DType.CSharp();
    readonly Dialect vectors = Dialect.Vector(kernel.Body[0].DType), numbers = Dialect.Scalar(kernel.Body[0].DType);

    public static string Generics(string type) => $"where V : unmanaged, ISimd<V, {type}>";

    public void Emit(SourceWriter w)
    {
        switch (kernel.Form)
        {
            case LoopForm.Map: Map(w); break;
            case LoopForm.Row when LaneEmitter.Fits(kernel): new LaneEmitter(kernel, signature, name).Emit(w); break;
            case LoopForm.Row: Row(w); break;
            default: Column(w); break;
        }
    }

    // Integers are converted one by one.
    bool HasIntegerColumns => kernel.Operands.Any(o => o.DType == DType.Int32 && !Views.IsImmediate(o) && kernel.AccessTo(o).ContiguousColumns);

    // ---- map

    void Map(SourceWriter w)
    {
        var row = RowSegment(name + "Rows");
        using (w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {Generics(type)}"))
        {
            if (kernel.Space.Rows.IsOne)
            {
                w.Line($"team.Range({kernel.Space.Columns.ToCode()}, 64, out nint from, out nint to);");
                w.Line($"{name}Rows<V>(0, 1, from, to, {row.Signature.Arguments});");
            }
            else
            {
                w.Line($"team.Range({kernel.Space.Rows.ToCode()}, 1, out nint from, out nint to);");
                w.Line($"{name}Rows<V>(from, to, 0, {kernel.Space.Columns.ToCode()}, {row.Signature.Arguments});");
            }
        }
        w.Line();
        w.Line(row.Text);
    }

    /// <summary>Rows [row, end), columns [from, to): a map's loops, and what an epilogue calls. Also what it takes.</summary>
    public (string Text, KernelSignature Signature) RowSegment(string method)
    {
        var names = new LoopNames(kernel, signature, numbers);
        var body = new SourceWriter();
        using (body.Braces())
        using (body.Block("for (; row < end; row++)"))
        {
            foreach (var line in names.Declarations) body.Line(line);
            body.Line("nint c = from;");
            if (!HasIntegerColumns)
                using (body.Block("for (; c <= to - V.Count; c += V.Count)")) Elements(body, names, kernel.Stores, vector: true);
            using (body.Block("for (; c < to; c++)")) Elements(body, names, kernel.Stores, vector: false);
        }
        var code = body.ToString().TrimEnd('\n');
        var used = signature.UsedBy(code);
        return ($"[MethodImpl(MethodImplOptions.AggressiveOptimization)]\nstatic void {method}<V>(nint row, nint end, nint from, nint to, {used.Parameters}) {Generics(type)}\n{code}", used);
    }

    void Elements(SourceWriter w, LoopNames names, IReadOnlyList<Node> stores, bool vector)
    {
        var text = new ElementText(kernel, names, vector ? vectors : numbers, []);
        text.Need(stores);
        // All values first: a result may overwrite an operand. So every value but the first has a name, given before anything is stored.
        text.Need(stores.Skip(1));
        var statements = stores.Select(s => text.Store(s, names.RowPointer(s))).ToArray();
        foreach (var line in text.Lines) w.Line(line);
        foreach (var line in statements) w.Line(line);
    }

    // ---- rows

    void Row(SourceWriter w)
    {
        var plan = RowPlan.For(kernel, CheapToRepeat);
        var spillNames = new Dictionary<Node, string>();
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {Generics(type)}"))
        {
            var columns = kernel.Space.Columns.ToCode();
            w.Line($"nint columns = {columns};");
            for (int i = 0; i < plan.Spilled.Count; i++)
            {
                var pointer = "kept" + (i == 0 ? "" : (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
                spillNames[plan.Spilled[i]] = pointer;
                w.Line(i == 0
                    ? $"{type}* kept = ({type}*)team.Scratch({(plan.Spilled.Count == 1 ? "" : $"{plan.Spilled.Count} * ")}columns * sizeof({type}));   // needed again in a later pass over the row"
                    : $"{type}* {pointer} = kept + {(i == 1 ? "" : $"{i} * ")}columns;");
            }
            var names = new LoopNames(kernel, signature, numbers, spillNames);
            w.Line($"team.Range({kernel.Space.Rows.ToCode()}, 1, out nint from, out nint to);");
            using (w.Block("for (nint row = from; row < to; row++)"))
            {
                foreach (var line in names.Declarations) w.Line(line);
                w.Line("nint c;");
                for (int stage = 0; stage <= plan.LastStage; stage++)
                {
                    RowValues(w, names, plan.RowValues(stage));
                    Pass(w, names, plan, stage);
                }
                foreach (var store in kernel.Stores.Where(kernel.IsRowValue))
                {
                    var offset = LoopNames.Offset(kernel.AccessToResult(store));
                    w.Line($"{signature.Pointer(store)}[{(offset.Length == 0 ? "0" : offset)}] = {(store.Stored.IsNarrow() ? $"({store.Stored.CSharp()})" : "")}{names.RowValue(store)};");
                }
            }
        }
    }

    // Elementwise work on values that are one per row.
    void RowValues(SourceWriter w, LoopNames names, IReadOnlyList<Node> values)
    {
        foreach (var node in values) w.Line($"{type} {names.RowValue(node)} = {names.Formula(node)};");
    }

    // One walk over the row: reductions and stores of this stage.
    void Pass(SourceWriter w, LoopNames names, RowPlan plan, int stage)
    {
        var reductions = plan.Reductions(stage);
        var stores = plan.Stores(stage);
        if (reductions.Count == 0 && stores.Count == 0) return;

        var accumulators = reductions.ToDictionary(r => r, r => names.Unique(r.Op.Name + "s"));
        bool vector = !HasIntegerColumns;
        if (vector)
        {
            foreach (var r in reductions) w.Line($"V {accumulators[r]} = {Start(r, vector: true)};");
            using (w.Block("for (c = 0; c <= columns - V.Count; c += V.Count)")) Step(r => accumulators[r], vector: true);
        }
        else
        {
            w.Line("c = 0;");
        }
        var results = new Dictionary<Node, string>();
        foreach (var r in reductions)
        {
            var horizontal = Kind(r) switch { ReductionKind.Sum => "Sum", ReductionKind.Max => "MaxElement", _ => "MinElement" };
            results[r] = names.RowValue(r);
            w.Line($"{type} {results[r]} = {(vector ? $"V.{horizontal}({accumulators[r]})" : Start(r, vector: false))};");
        }
        using (w.Block("for (; c < columns; c++)")) Step(r => results[r], vector: false);

        void Step(Func<Node, string> accumulator, bool vector)
        {
            var text = new ElementText(kernel, names, vector ? vectors : numbers, plan.Reloaded(stage));
            text.Need(stores.Concat(reductions.Select(r => r.Inputs[0])));
            var statements = stores.Select(s => text.Store(s, names.RowPointer(s)))
                .Concat(reductions.Select(r => Accumulate(r, accumulator(r), text.Value(r.Inputs[0]), vector))).ToArray();
            foreach (var line in text.Lines) w.Line(line);
            foreach (var line in statements) w.Line(line);
        }
    }

    static ReductionKind Kind(Node reduction) => ReductionText.Kind(reduction);

    string Start(Node reduction, bool vector) => ReductionText.Start(reduction, type, vector);

    string Accumulate(Node reduction, string accumulator, string value, bool vector) => ReductionText.Accumulate(reduction, accumulator, value, type, vector);

    // ---- columns

    void Column(SourceWriter w)
    {
        var names = new LoopNames(kernel, signature, numbers);
        var reductions = kernel.Body.Where(n => n.Op is ReductionOp).ToArray();
        bool grouped = !kernel.Outer.IsOne;
        var columns = kernel.Space.Columns.ToCode();
        var rows = kernel.Space.Rows.DivideExactly(kernel.Outer)!.ToCode();
        using (w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {Generics(type)}"))
        {
            if (grouped)
            {
                w.Line($"team.Range({kernel.Outer.ToCode()}, 1, out nint first, out nint last);");
                w.Line($"for (nint group = first; group < last; group++)");
                using (w.Indent()) w.Line($"{name}Part<V>(group * ({rows}), (group + 1) * ({rows}), 0, {columns}, {signature.Arguments.WithOffsets(reductions, signature, $"group * ({columns})")});");
            }
            else
            {
                w.Line($"team.Range({columns}, 16, out nint from, out nint to);");
                w.Line($"{name}Part<V>(0, {rows}, from, to, {signature.Arguments});");
            }
        }
        w.Line();
        w.Line("// Sums go over blocks of rows: short chains of additions keep the rounding error small, and a block stays in cache.");
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Block($"static void {name}Part<V>(nint first, nint end, nint from, nint to, {signature.Parameters}) {Generics(type)}"))
        {
            using (w.Block($"for (nint block = first; block < end; block += {ReductionBlock})"))
            {
                w.Line($"nint blockEnd = nint.Min(end, block + {ReductionBlock});");
                w.Line("nint c = from;");
                if (!HasIntegerColumns) ColumnLoop(w, names, reductions, vector: true);
                ColumnLoop(w, names, reductions, vector: false);
            }
        }
    }

    void ColumnLoop(SourceWriter w, LoopNames names, Node[] reductions, bool vector)
    {
        using var loop = w.Block(vector ? "for (; c <= to - V.Count; c += V.Count)" : "for (; c < to; c++)");
        var accumulators = reductions.Select((r, i) => "sum" + (i == 0 ? "" : (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        for (int i = 0; i < reductions.Length; i++) w.Line($"{(vector ? "V" : type)} {accumulators[i]} = {Start(reductions[i], vector)};");
        using (w.Block("for (nint row = block; row < blockEnd; row++)"))
        {
            foreach (var line in names.Declarations) w.Line(line);
            var text = new ElementText(kernel, names, vector ? vectors : numbers, []);
            text.Need(reductions.Select(r => r.Inputs[0]));
            var statements = reductions.Select((r, i) => Accumulate(r, accumulators[i], text.Value(r.Inputs[0]), vector)).ToArray();
            foreach (var line in text.Lines) w.Line(line);
            foreach (var line in statements) w.Line(line);
        }
        for (int i = 0; i < reductions.Length; i++)
        {
            var y = signature.Pointer(reductions[i]);
            var old = vector ? $"V.Load({y} + c)" : $"{y}[c]";
            var combined = Kind(reductions[i]) switch
            {
                ReductionKind.Sum => $"{old} + {accumulators[i]}",
                ReductionKind.Max => vector ? $"V.Max({old}, {accumulators[i]})" : $"{type}.Max({old}, {accumulators[i]})",
                _ => vector ? $"V.Min({old}, {accumulators[i]})" : $"{type}.Min({old}, {accumulators[i]})",
            };
            w.Line($"if (block > first) {accumulators[i]} = {combined};");
            w.Line(vector ? $"{accumulators[i]}.Store({y} + c);" : $"{y}[c] = {accumulators[i]};");
        }
    }
}

internal static class ArgumentOffsets
{
    /// <summary>The argument list with an offset added to the pointers of some results.</summary>
    public static string WithOffsets(this string arguments, IEnumerable<Node> results, KernelSignature signature, string offset)
    {
        var moved = new HashSet<string>(results.Select(signature.Pointer), StringComparer.Ordinal);
        return string.Join(", ", arguments.Split(',').Select(a => a.Trim()).Select(a => moved.Contains(a) ? $"{a} + {offset}" : a));
    }
}
