namespace ModelGen.Compiler.Codegen.Loops;

/// <summary>The names in one loop: the kernel's pointers, the pointers to the current row, and the values that are one per row.</summary>
internal sealed class LoopNames
{
    readonly LoopKernel kernel;
    readonly KernelSignature signature;
    readonly Dialect dialect;
    readonly Identifiers identifiers;
    readonly Dictionary<Node, string> rowPointers = [];
    readonly Dictionary<Node, string> rowValues = [];
    readonly List<string> declarations = [];
    readonly List<string> buffers = [];
    readonly bool isLanes;

    /// <param name="kernel">The loop.</param>
    /// <param name="signature">Its pointers.</param>
    /// <param name="dialect">How single numbers are written.</param>
    /// <param name="spilled">Where values lie that are kept from one pass over the row to the next.</param>
    /// <param name="isLanes">True when <c>rows</c> rows from <c>row</c> on are computed at once, one in each lane of V.</param>
    public LoopNames(LoopKernel kernel, KernelSignature signature, Dialect dialect, IReadOnlyDictionary<Node, string>? spilled = null, bool isLanes = false)
    {
        (this.kernel, this.signature, this.dialect, this.isLanes) = (kernel, signature, dialect, isLanes);
        identifiers = dialect.Names(signature.Symbols.Concat(signature.Order.Select(signature.Pointer)));
        foreach (var operand in kernel.Operands.Where(o => !Views.IsImmediate(o))) DeclareOperand(operand);
        // All at once: a name of the row may not be taken by the inside of an earlier loop.
        foreach (var node in kernel.Body.Where(n => kernel.IsRowValue(n) || kernel.IsScalarValue(n))) rowValues[node] = identifiers.Unique(Local(node) ?? node.Op.Name);
        foreach (var node in kernel.Body.Where(kernel.IsScalarValue)) declarations.Add($"{node.DType.CSharp()} {RowValue(node)} = {Formula(node)};");
        foreach (var store in kernel.Stores) DeclareStore(store);
        foreach (var spill in spilled ?? new Dictionary<Node, string>()) rowPointers[spill.Key] = spill.Value;
    }

    /// <summary>Statements at the start of a row.</summary>
    public IReadOnlyList<string> Declarations => declarations;

    public string RowPointer(Node node) => rowPointers[node];

    /// <summary>Memory for transposed rows, when rows are lanes: all columns of V.Count rows each.</summary>
    public IReadOnlyList<string> Buffers => buffers;

    /// <summary>Gives a value a place among <see cref="Buffers"/>.</summary>
    public void Buffer(Node node, string stem) => rowPointers[node] = NewBuffer(stem);

    string NewBuffer(string stem)
    {
        var name = identifiers.Unique(stem);
        buffers.Add(name);
        return name;
    }

    /// <summary>True when the node has one value for the whole row.</summary>
    public bool IsRowValue(Node node) => rowValues.ContainsKey(node) || (kernel.Body.Contains(node) && kernel.IsRowValue(node));

    /// <summary>The name of such a value; a view has that of its root.</summary>
    public string RowValue(Node node) => rowValues.TryGetValue(node, out var name) ? name : rowValues[Views.Root(node)];

    /// <summary>The formula of a value that is one per row or one for all, on single numbers.</summary>
    public string Formula(Node node)
    {
        var renderer = new ScalarRenderer(dialect);
        var expression = node.Op is ElementwiseOp op ? op.Forward(node.Inputs.Select((_, i) => (Scalar)new Scalar.Operand(i)).ToArray()) : new Scalar.Operand(0);
        return renderer.Render(expression, i => (node.Inputs[i].Op switch
        {
            ConstantLeaf c => dialect.Literal(c.Value),
            SizeLeaf s => dialect.Broadcast($"({node.DType.CSharp()}){Factor(s.Size)}"),
            _ => RowValue(node.Inputs[i]),
        }, ScalarRenderer.Binding.Atom)).Text;
    }

    /// <summary>The user's name for a value inside a kernel: the last part of a layer's path, so that equal layers of equal blocks share their kernels.</summary>
    public static string? Local(Node node)
    {
        if (node.Name is not { } name || name.LastIndexOf('.') is var dot && dot < 0) return node.Name;
        var last = name.Substring(dot + 1);
        bool isGradient = name.Length > 1 && name[0] == 'd' && char.IsUpper(name[1]);
        return isGradient ? "d" + char.ToUpperInvariant(last[0]) + last.Substring(1) : last;
    }

    /// <summary>A fresh name.</summary>
    public string Unique(string stem) => identifiers.Unique(stem);

    /// <summary>Names for the inside of the loop.</summary>
    public Identifiers Locals() => dialect.Names(signature.Symbols.Concat(signature.Order.Select(signature.Pointer)).Concat(rowPointers.Values).Concat(rowValues.Values));

    void DeclareOperand(Node operand)
    {
        var access = kernel.AccessTo(operand);
        var pointer = signature.Pointer(Views.Root(operand));
        if (isLanes)
        {
            DeclareLanes(operand, access, pointer);
            return;
        }
        if (!access.ContiguousColumns)
        {
            var name = identifiers.Unique(Local(operand) is { } given && operand.Op is not ParameterLeaf ? given : pointer + "Value");
            rowValues[operand] = name;
            var element = (Views.Root(operand).Stored.IsNarrow() ? $"({kernel.Body[0].DType.CSharp()})" : "") + (access.RowTerms.Count == 0 ? $"*{pointer}" : $"{pointer}[{Offset(access)}]");
            declarations.Add($"{kernel.Body[0].DType.CSharp()} {name} = {element};");
            return;
        }
        // One pointer serves all views of the same memory that are walked alike.
        var offset = Offset(access);
        rowPointers[operand] = offset.Length == 0 ? pointer : RowPointer(Views.Root(operand), offset);
    }

    void DeclareLanes(Node operand, Access access, string pointer)
    {
        var type = kernel.Body[0].DType.CSharp();
        if (access.ContiguousColumns)
        {
            if (byOffset.TryGetValue(pointer, out var known))
            {
                rowPointers[operand] = known;
                return;
            }
            var columns = kernel.Space.Columns.ToCode();
            var stride = access.RowTerms[0].Stride.ToCode();
            Buffer(operand, pointer + "Columns");
            byOffset[pointer] = rowPointers[operand];
            declarations.Add($"Transposition.Run({pointer} + row * {stride}, {stride}, {rowPointers[operand]}, V.Count, rows, {columns});");
            return;
        }
        var name = rowValues[operand] = identifiers.Unique(Local(operand) is { } given && operand.Op is not ParameterLeaf ? given : pointer + "Value");
        if (access.RowTerms.Count == 0)
        {
            declarations.Add($"V {name} = V.Create(({type})*{pointer});");
        }
        else if (operand.DType == DType.Int32)
        {
            var numbers = NewBuffer(pointer + "Numbers");
            var i = identifiers.Unique("i");
            declarations.Add($"for (nint {i} = 0; {i} < rows; {i}++) {numbers}[{i}] = {pointer}[row + {i}];");
            declarations.Add($"V {name} = V.Load({numbers});");
        }
        else
        {
            declarations.Add($"V {name} = V.LoadPartial({pointer} + row, rows);");
        }
    }

    readonly Dictionary<string, string> byOffset = new(StringComparer.Ordinal);

    string RowPointer(Node root, string offset)
    {
        var pointer = signature.Pointer(root);
        var key = pointer + "+" + offset;
        if (byOffset.TryGetValue(key, out var known)) return known;
        var name = identifiers.Unique(pointer + "Row");
        declarations.Add($"{signature.PointerType(root)} {name} = {pointer} + {offset};");
        return byOffset[key] = name;
    }

    void DeclareStore(Node store)
    {
        if (kernel.Form == LoopForm.Column || kernel.IsRowValue(store)) return;
        var pointer = signature.Pointer(store);
        if (isLanes)
        {
            Buffer(store, pointer + "Columns");
            return;
        }
        var offset = Offset(kernel.AccessToResult(store));
        rowPointers[store] = offset.Length == 0 ? pointer : RowPointer(store, offset);
    }

    /// <summary>The offset of row <c>row</c>, as code; empty when it is 0.</summary>
    public static string Offset(Access access) => string.Join(" + ", access.RowTerms.Select(t =>
    {
        var index = t.Divisor.IsOne ? "row" : $"row / {Factor(t.Divisor)}";
        if (t.Modulus is { } modulus) index = t.Divisor.IsOne ? $"row % {Factor(modulus)}" : $"{index} % {Factor(modulus)}";
        if (t.Stride.IsOne) return index;
        return (index == "row" ? "row" : "(" + index + ")") + " * " + Factor(t.Stride);
    }));

    /// <summary>A size as a factor: in parentheses when it is a sum or a product.</summary>
    public static string Factor(Dim dim)
    {
        var code = dim.ToCode();
        return code.Any(ch => ch is ' ') ? "(" + code + ")" : code;
    }
}
