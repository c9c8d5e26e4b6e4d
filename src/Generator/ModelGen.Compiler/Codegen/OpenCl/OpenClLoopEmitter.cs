using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.OpenCl;

/// <summary>
/// Prints a fused loop as an OpenCL C 1.2 kernel. Names, passes and expressions are those of the CPU's loops; what differs is who computes what:
/// a map gives every element a work-item, a row kernel gives a short row one work-item and a long row a work-group, a column kernel gives
/// a work-group a few columns and divides the rows among its items.
/// </summary>
internal sealed class OpenClLoopEmitter(LoopKernel kernel, KernelSignature signature, string name)
{
    /// <summary>Items in a group where nothing is shared in it.</summary>
    const int PlainGroup = 64;

    /// <summary>Rows of up to this many columns are computed by one work-item each: a group would have nothing to divide.</summary>
    const int LongestRowOfOneItem = 32;

    /// <summary>The largest group. Every GPU can start it.</summary>
    const int LargestGroup = 256;

    /// <summary>Columns of one group of a column kernel: neighbours, so that a row's elements are read together.</summary>
    const int ColumnsOfGroup = 16;

    /// <summary>Columns of up to this many rows are summed by one work-item each.</summary>
    const int LongestColumnOfOneItem = 32;

    readonly string type = kernel.Body[0].DType.CSharp();
    readonly Dialect dialect = Dialect.OpenCl(kernel.Body[0].DType);
    readonly LoopNames names = new(kernel, signature, Dialect.OpenCl(kernel.Body[0].DType));

    Dim Rows => kernel.Space.Rows;
    Dim Columns => kernel.Space.Columns;

    /// <summary>Rows that are combined into one result of a column kernel.</summary>
    Dim RowsOfResult => Rows.DivideExactly(kernel.Outer)!;

    bool IsRowOfOneItem => Columns.IsConstant && Columns.Value <= LongestRowOfOneItem;
    bool IsColumnOfOneItem => RowsOfResult.IsConstant && RowsOfResult.Value <= LongestColumnOfOneItem;

    Dim ColumnGroups => (Columns + Dim.Of(ColumnsOfGroup - 1)).FloorDivide(ColumnsOfGroup);

    public WorkSize WorkSize => kernel.Form switch
    {
        LoopForm.Map => WorkSize.ForItems(Rows * Columns, PlainGroup),
        LoopForm.Row => IsRowOfOneItem ? WorkSize.ForItems(Rows, PlainGroup) : new WorkSize(Rows, GroupOfRow()),
        _ => IsColumnOfOneItem ? WorkSize.ForItems(kernel.Outer * Columns, PlainGroup) : new WorkSize(kernel.Outer * ColumnGroups, LargestGroup),
    };

    // The smallest power of two that covers the row: half of the group must combine with the other half.
    int GroupOfRow()
    {
        int size = PlainGroup;
        while (size < LargestGroup && (!Columns.IsConstant || size < Columns.Value)) size *= 2;
        return size;
    }

    public void Emit(SourceWriter w)
    {
        w.Line($"__kernel __attribute__((reqd_work_group_size({WorkSize.GroupSize}, 1, 1)))");
        using (w.Block($"void {name}({signature.Parameters})"))
        {
            switch (kernel.Form)
            {
                case LoopForm.Map: Map(w); break;
                case LoopForm.Row: Row(w); break;
                case LoopForm.Column when IsColumnOfOneItem: ShortColumn(w); break;
                default: Column(w); break;
            }
        }
    }

    // ---- map

    void Map(SourceWriter w)
    {
        if (Rows.IsOne)
        {
            w.Line("int c = get_global_id(0);");
            w.Line($"if (c >= {Columns.ToCode()}) return;");
        }
        else
        {
            w.Line("int i = get_global_id(0);");
            w.Line($"if (i >= {(Rows * Columns).ToCode()}) return;");
            w.Line($"int row = i / {LoopNames.Factor(Columns)}, c = i % {LoopNames.Factor(Columns)};");
        }
        foreach (var line in names.Declarations) w.Line(line);
        var text = new ElementText(kernel, names, dialect, []);
        text.Need(kernel.Stores);
        // All values first: a result may overwrite an operand.
        text.Need(kernel.Stores.Skip(1));
        Write(w, text, kernel.Stores.Select(s => text.Store(s, names.RowPointer(s))));
    }

    // ---- rows

    void Row(SourceWriter w)
    {
        // Arithmetic is cheaper than memory, so nothing is kept in scratch. What a pass reads back, the same item has written.
        var plan = RowPlan.For(kernel, cheapToRepeat: int.MaxValue);
        if (IsRowOfOneItem)
        {
            w.Line("int row = get_global_id(0);");
            w.Line($"if (row >= {Rows.ToCode()}) return;");
        }
        else
        {
            w.Line($"__local {type} partial[{WorkSize.GroupSize}];");
            w.Line("int row = get_group_id(0), item = get_local_id(0);");
        }
        foreach (var line in names.Declarations) w.Line(line);
        for (int stage = 0; stage <= plan.LastStage; stage++)
        {
            foreach (var node in plan.RowValues(stage)) w.Line($"{type} {names.RowValue(node)} = {names.Formula(node)};");
            Pass(w, plan, stage);
        }
        var stores = kernel.Stores.Where(kernel.IsRowValue).Select(s => $"{signature.Pointer(s)}[{Index(kernel.AccessToResult(s))}] = {names.RowValue(s)};").ToArray();
        if (stores.Length == 0) return;
        if (IsRowOfOneItem) foreach (var line in stores) w.Line(line);
        else if (stores.Length == 1) w.Line("if (item == 0) " + stores[0]);
        else using (w.Block("if (item == 0)")) foreach (var line in stores) w.Line(line);
    }

    // One walk over the row: reductions and stores of this stage.
    void Pass(SourceWriter w, RowPlan plan, int stage)
    {
        var reductions = plan.Reductions(stage);
        var stores = plan.Stores(stage);
        if (reductions.Count == 0 && stores.Count == 0) return;
        foreach (var r in reductions) w.Line($"{type} {names.RowValue(r)} = {dialect.Literal(GroupReduction.Start(Kind(r)))};");
        using (w.Block(IsRowOfOneItem ? $"for (int c = 0; c < {Columns.ToCode()}; c++)" : $"for (int c = item; c < {Columns.ToCode()}; c += {WorkSize.GroupSize})"))
        {
            var text = new ElementText(kernel, names, dialect, plan.Reloaded(stage));
            text.Need(stores.Concat(reductions.Select(r => r.Inputs[0])));
            Write(w, text, stores.Select(s => text.Store(s, names.RowPointer(s)))
                .Concat(reductions.Select(r => GroupReduction.Combine(Kind(r), names.RowValue(r), text.Value(r.Inputs[0])))));
        }
        if (IsRowOfOneItem) return;
        foreach (var r in reductions) w.Line($"{names.RowValue(r)} = {GroupReduction.Function(Kind(r))}({names.RowValue(r)}, partial, 1);");
    }

    // ---- columns

    void ShortColumn(SourceWriter w)
    {
        w.Line("int i = get_global_id(0);");
        w.Line($"if (i >= {(kernel.Outer * Columns).ToCode()}) return;");
        w.Line($"int c = i % {LoopNames.Factor(Columns)}, first = i / {LoopNames.Factor(Columns)} * {LoopNames.Factor(RowsOfResult)};");
        var results = Results(w);
        using (w.Block($"for (int row = first; row < first + {LoopNames.Factor(RowsOfResult)}; row++)")) Accumulate(w, results);
        foreach (var (reduction, result) in results) w.Line($"{signature.Pointer(reduction)}[i] = {result};");
    }

    void Column(SourceWriter w)
    {
        int lanes = LargestGroup / ColumnsOfGroup;
        bool isGrouped = !kernel.Outer.IsOne;
        w.Line($"__local {type} partial[{LargestGroup}];");
        w.Line(isGrouped ? $"int group = get_group_id(0) / {LoopNames.Factor(ColumnGroups)}, lane = get_local_id(0) / {ColumnsOfGroup};" : $"int lane = get_local_id(0) / {ColumnsOfGroup};");
        var block = ColumnGroups.IsOne ? "" : isGrouped ? $"get_group_id(0) % {LoopNames.Factor(ColumnGroups)} * {ColumnsOfGroup} + " : $"get_group_id(0) * {ColumnsOfGroup} + ";
        w.Line($"int c = {block}get_local_id(0) % {ColumnsOfGroup};");
        if (isGrouped) w.Line($"int first = group * {LoopNames.Factor(RowsOfResult)}, end = first + {LoopNames.Factor(RowsOfResult)};");
        var results = Results(w);
        using (w.Block($"if (c < {Columns.ToCode()})"))
        using (w.Block($"for (int row = {(isGrouped ? "first + lane" : "lane")}; row < {(isGrouped ? "end" : RowsOfResult.ToCode())}; row += {lanes})"))
            Accumulate(w, results);
        foreach (var (reduction, result) in results) w.Line($"{result} = {GroupReduction.Function(Kind(reduction))}({result}, partial, {ColumnsOfGroup});");
        var place = isGrouped ? $"group * {LoopNames.Factor(Columns)} + c" : "c";
        using (w.Block($"if (lane == 0 && c < {Columns.ToCode()})"))
            foreach (var (reduction, result) in results) w.Line($"{signature.Pointer(reduction)}[{place}] = {result};");
    }

    List<(Node Reduction, string Result)> Results(SourceWriter w)
    {
        var results = kernel.Body.Where(n => n.Op is ReductionOp).Select(r => (r, names.Unique(r.Op.Name))).ToList();
        foreach (var (reduction, result) in results) w.Line($"{type} {result} = {dialect.Literal(GroupReduction.Start(Kind(reduction)))};");
        return results;
    }

    // The inside of the loop down the rows.
    void Accumulate(SourceWriter w, List<(Node Reduction, string Result)> results)
    {
        foreach (var line in names.Declarations) w.Line(line);
        var text = new ElementText(kernel, names, dialect, []);
        text.Need(results.Select(r => r.Reduction.Inputs[0]));
        Write(w, text, results.Select(r => GroupReduction.Combine(Kind(r.Reduction), r.Result, text.Value(r.Reduction.Inputs[0]))));
    }

    // ---- all

    // The last statements ask for the values, and so decide what stands before them.
    static void Write(SourceWriter w, ElementText text, IEnumerable<string> last)
    {
        var statements = last.ToArray();
        foreach (var line in text.Lines) w.Line(line);
        foreach (var line in statements) w.Line(line);
    }

    static string Index(Access access) => LoopNames.Offset(access) is { Length: > 0 } offset ? offset : "0";

    static ReductionKind Kind(Node reduction) => ((ReductionOp)reduction.Op).Kind;
}
