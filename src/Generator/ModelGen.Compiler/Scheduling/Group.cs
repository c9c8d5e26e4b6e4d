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

    /// <summary>The nodes in topological order, the anchor not among them.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>Groups whose results this one reads.</summary>
    public HashSet<Group> Inputs { get; } = [];

    public bool IsLoop => Anchor is null;

    /// <summary>True when <paramref name="other"/> must run before this group.</summary>
    public bool DependsOn(Group other)
    {
        var seen = new HashSet<Group>();
        var stack = new Stack<Group>(Inputs);
        while (stack.Count > 0)
        {
            var group = stack.Pop();
            if (group == other) return true;
            if (seen.Add(group))
                foreach (var input in group.Inputs) stack.Push(input);
        }
        return false;
    }
}
