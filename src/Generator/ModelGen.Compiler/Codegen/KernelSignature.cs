namespace ModelGen.Compiler.Codegen;

/// <summary>
/// The parameters of a kernel's function: the symbols its sizes use, then one pointer for each memory it touches. Names are
/// the roles of the values, not the user's, so that equal kernels of different layers are one text.
/// </summary>
internal sealed class KernelSignature
{
    readonly Dictionary<Node, string> pointers = [];
    readonly HashSet<Node> written;
    readonly Dialect dialect;

    /// <param name="dialect">The language; its vectors or single numbers make no difference here.</param>
    /// <param name="reads">Memory roots that are read.</param>
    /// <param name="writes">Memory roots that are written.</param>
    /// <param name="symbols">The sizes that the kernel needs.</param>
    public KernelSignature(Dialect dialect, IReadOnlyList<Node> reads, IReadOnlyList<Node> writes, IEnumerable<string> symbols)
    {
        this.dialect = dialect;
        written = [.. writes];
        Symbols = symbols.Distinct().OrderBy(s => s, StringComparer.Ordinal).ToArray();
        var names = dialect.Names(Symbols);
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
        (dialect, written, pointers) = (whole.dialect, whole.written, whole.pointers);
        Symbols = symbols.ToArray();
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

    /// <summary>The type of the pointer to a root.</summary>
    public string PointerType(Node root) => dialect.Pointer(root.Stored, !written.Contains(root));

    public string Parameters => string.Join(", ", Symbols.Select(s => dialect.Index + " " + s).Concat(Order.Select(n => PointerType(n) + " " + pointers[n])));
    public string Arguments => string.Join(", ", Symbols.Concat(Order.Select(n => pointers[n])));

    /// <summary>What a root is to a kernel, whichever layer's it is: the name of its pointer.</summary>
    public static string RoleOf(Node node) => node.Op switch
    {
        ParameterLeaf p => LastPart(p.Path),
        StateLeaf s => LastPart(s.Path),
        CacheLeaf => "cache",
        _ => node.DType == DType.Int32 ? "labels" : "x",
    };

    static string LastPart(string path) => path.Substring(path.LastIndexOf('.') + 1);
}
