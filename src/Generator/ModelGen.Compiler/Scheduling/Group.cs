namespace ModelGen.Compiler.Scheduling;

/// <summary>A kernel in the making: nodes that will be computed together.</summary>
internal sealed class Group(int index)
{
    public int Index { get; } = index;

    /// <summary>Null for a copy or for a runtime kernel without epilogue.</summary>
    public LoopForm Form { get; set; } = LoopForm.Map;

    /// <summary>The runtime kernel's or the copy's own node; null for a pure loop.</summary>
    public Node? Anchor { get; init; }

    /// <summary>The iteration shape of a loop.</summary>
    public Shape Domain { get; init; } = Shape.Scalar;

    /// <summary>Row form: the first column axis. Column form: the first reduced axis.</summary>
    public int Split { get; set; }

    /// <summary>Column form: one past the last reduced axis.</summary>
    public int SplitEnd { get; set; }

    readonly List<Node> nodes = [];
    readonly HashSet<Node> members = [];

    /// <summary>The nodes in topological order, the anchor not among them.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>What the nodes read from memory, immediate values not among it.</summary>
    public HashSet<Node> Operands { get; } = [];

    /// <summary>The <see cref="Node.Repetition"/> of the first node.</summary>
    public int Repetition => (Anchor ?? nodes[0]).Repetition;

    public bool Contains(Node node) => members.Contains(node);

    public void Add(Node node)
    {
        nodes.Add(node);
        members.Add(node);
    }

    /// <summary>How many of <see cref="Nodes"/> a question about all of them has seen, at which split, with which answer.</summary>
    public (int Split, int Nodes, bool Answer) Reached { get; set; } = (-1, 0, true);

    readonly HashSet<Group> inputs = [];
    readonly List<Group> readers = [];

    // One bit for each group that must run before this one, by index.
    ulong[] ancestors = [];

    /// <summary>Groups whose results this one reads.</summary>
    public IReadOnlyCollection<Group> Inputs => inputs;

    /// <summary>Adds a group whose results this one reads.</summary>
    public void Read(Group from)
    {
        if (!inputs.Add(from)) return;
        from.readers.Add(this);
        // Whoever waits for this group now waits for more.
        var changed = new Stack<Group>();
        if (Precede(from)) changed.Push(this);
        while (changed.Count > 0)
        {
            var group = changed.Pop();
            foreach (var reader in group.readers)
                if (reader.Precede(group)) changed.Push(reader);
        }
    }

    // Takes over a group and all before it; true when that is news.
    bool Precede(Group from)
    {
        int words = Math.Max(from.ancestors.Length, (from.Index / 64) + 1);
        if (ancestors.Length < words) Array.Resize(ref ancestors, words);
        ulong news = (1UL << (from.Index % 64)) & ~ancestors[from.Index / 64];
        ancestors[from.Index / 64] |= 1UL << (from.Index % 64);
        for (int i = 0; i < from.ancestors.Length; i++)
        {
            news |= from.ancestors[i] & ~ancestors[i];
            ancestors[i] |= from.ancestors[i];
        }
        return news != 0;
    }

    public bool IsLoop => Anchor is null;

    /// <summary>True when <paramref name="other"/> must run before this group.</summary>
    public bool DependsOn(Group other) => other.Index / 64 < ancestors.Length && (ancestors[other.Index / 64] & (1UL << (other.Index % 64))) != 0;
}
