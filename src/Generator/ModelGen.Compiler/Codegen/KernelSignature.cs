namespace ModelGen.Compiler.Codegen;

/// <summary>
/// The parameters of a kernel's function: the symbols its sizes use, then one pointer for each memory it touches. Names are
/// the roles of the values, not the user's, so that equal kernels of different layers are one text.
/// </summary>
internal sealed class KernelSignature
{
    readonly Dictionary<Node, string> pointers = [];

    public KernelSignature(IReadOnlyList<Node> reads, IReadOnlyList<Node> writes, IEnumerable<string> symbols)
    {
        Symbols = symbols.Distinct().OrderBy(s => s, StringComparer.Ordinal).ToArray();
        var names = new Identifiers(Symbols.Concat(["team", "row", "rows", "column", "columns", "from", "to", "c", "batch", "block", "end", "V", "T"]));
        foreach (var node in reads.Where(r => !writes.Contains(r)))
        {
            pointers[node] = names.Unique(RoleOf(node));
            Order.Add(node);
        }
        foreach (var node in writes)
        {
            pointers[node] = names.Unique("y");
            Order.Add(node);
        }
    }

    KernelSignature(KernelSignature whole, IEnumerable<Node> nodes, IEnumerable<string> symbols)
    {
        Symbols = symbols.ToArray();
        pointers = whole.pointers;
        Order.AddRange(whole.Order.Where(new HashSet<Node>(nodes).Contains));
    }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>The same names for fewer pointers: what an epilogue needs of its kernel.</summary>
    public KernelSignature Only(IEnumerable<Node> nodes) => new(this, nodes, Symbols);

    /// <summary>The same with those symbols only that <paramref name="code"/> uses.</summary>
    public KernelSignature UsedBy(string code) => new(this, Order, Symbols.Where(s => System.Text.RegularExpressions.Regex.IsMatch(code, $@"\b{s}\b")));

    /// <summary>Lets a node share another's pointer: a raw result that is overwritten in place.</summary>
    public void Alias(Node node, Node target) => pointers[node] = pointers[target];

    /// <summary>Memory roots in parameter order: reads, then writes.</summary>
    public List<Node> Order { get; } = [];

    public string Pointer(Node root) => pointers[root];

    public string Parameters => string.Join(", ", Symbols.Select(s => "nint " + s).Concat(Order.Select(n => n.DType.CSharp() + "* " + pointers[n])));
    public string Arguments => string.Join(", ", Symbols.Concat(Order.Select(n => pointers[n])));

    static string RoleOf(Node node) => node.Op switch
    {
        ParameterLeaf p => LastPart(p.Path),
        StateLeaf s => LastPart(s.Path),
        InputLeaf { Type.DType: DType.Int32 } => "labels",
        _ => "x",
    };

    static string LastPart(string path) => path.Substring(path.LastIndexOf('.') + 1);
}
