namespace ModelGen.Compiler.Codegen.Loops;

/// <summary>
/// The statements that compute some nodes of a loop at one position: the single column c, or, in the dialect of vectors, the columns
/// [c, c + V.Count).
/// </summary>
internal sealed class ElementText(LoopKernel kernel, LoopNames names, Dialect dialect, IReadOnlyCollection<Node> reloaded)
{
    const int LongestInline = 56;
    static readonly Scalar Identity = new Scalar.Operand(0);

    readonly DType type = kernel.Body[0].DType;
    readonly ScalarRenderer renderer = new(dialect);
    readonly Dictionary<Node, (string Text, ScalarRenderer.Binding Binding)> known = [];
    readonly Dictionary<Node, int> uses = [];
    readonly List<string> lines = [];
    readonly Identifiers locals = names.Locals();

    /// <summary>The statements so far.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Declares what will be asked for, so that values used twice get a name.</summary>
    public void Need(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes) Count(node);
    }

    void Count(Node node)
    {
        uses.TryGetValue(node, out int n);
        uses[node] = n + 1;
        if (n > 0 || !IsComputedHere(node)) return;
        var expression = Expression(node);
        for (int i = 0; i < node.Inputs.Count; i++)
            for (int k = Occurrences(expression, i); k > 0; k--) Count(Resolve(node.Inputs[i]));
    }

    /// <summary>The text of a node's value at this position.</summary>
    public string Value(Node node) => Of(node).Text;

    /// <summary>The statement that writes a value to its place.</summary>
    public string Store(Node node, string pointer)
    {
        if (node.Stored.IsNarrow() && kernel.Stores.Contains(node))
        {
            // The store rounds.
            bool isOnlyStored = node.Op is RoundTo && uses.TryGetValue(node, out int n) && n == 1;
            return dialect.StoreNarrow(isOnlyStored ? Of(Resolve(node.Inputs[0])).Text : Of(node).Text, pointer, node.Stored);
        }
        var (text, binding) = Of(node);
        return dialect.Store(text, binding, pointer);
    }

    (string Text, ScalarRenderer.Binding Binding) Of(Node node)
    {
        node = Resolve(node);
        if (known.TryGetValue(node, out var value)) return value;
        value = IsComputedHere(node) ? Compute(node) : (Load(node), ScalarRenderer.Binding.Atom);
        bool named = uses.TryGetValue(node, out int n) && n > 1 && !IsShort(node);
        // A result may overwrite an operand of another: with several, each is computed before any is written.
        bool early = kernel.Stores.Count > 1 && kernel.Stores.Contains(node) && IsComputedHere(node);
        if (named || early || value.Text.Length > LongestInline)
        {
            var name = locals.Unique(NameOf(node));
            lines.Add($"{dialect.Local} {name} = {value.Text};");
            value = (name, ScalarRenderer.Binding.Atom);
        }
        return known[node] = value;
    }

    // A view of something computed here is that thing.
    Node Resolve(Node node) => node.Op is Reshape && kernel.Body.Contains(Views.Root(node)) ? Views.Root(node) : node;

    bool IsComputedHere(Node node) => kernel.Body.Contains(node) && !names.IsRowValue(node) && !reloaded.Contains(node);

    bool IsShort(Node node) => Views.IsImmediate(node) || names.IsRowValue(node);

    (string Text, ScalarRenderer.Binding Binding) Compute(Node node) => renderer.Render(Expression(node), i => Of(node.Inputs[i]));

    static Scalar Expression(Node node) => node.Op is ElementwiseOp op
        ? op.Forward(Enumerable.Range(0, node.Inputs.Count).Select(i => (Scalar)new Scalar.Operand(i)).ToArray())
        : Identity;   // broadcast

    static int Occurrences(Scalar e, int operand) => e switch
    {
        Scalar.Operand o => o.Index == operand ? 1 : 0,
        Scalar.Call c => Occurrences(c.A, operand) + (c.B is null ? 0 : Occurrences(c.B, operand)) + (c.C is null ? 0 : Occurrences(c.C, operand)),
        _ => 0,
    };

    string Load(Node node)
    {
        if (node.Op is ConstantLeaf constant) return dialect.Literal(constant.Value);
        if (node.Op is SizeLeaf size) return dialect.Broadcast($"({type.CSharp()}){LoopNames.Factor(size.Size)}");
        if (names.IsRowValue(node)) return dialect.RowValue(names.RowValue(node));
        var root = Views.Root(node);
        if (root.Stored.IsNarrow() && (kernel.Stores.Contains(root) || !kernel.Body.Contains(root))) return dialect.LoadNarrow(names.RowPointer(node), root.Stored);
        var element = dialect.Load(names.RowPointer(node));
        // A quotient of integers would be one, too.
        return node.DType == DType.Int32 ? $"({type.CSharp()}){element}" : element;
    }

    static string NameOf(Node node) => LoopNames.Local(node) ?? (node.Op is LeafOp ? "x" : node.Op.Name);
}
