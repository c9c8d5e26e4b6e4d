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

    public IReadOnlyList<string> Symbols { get; }

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
