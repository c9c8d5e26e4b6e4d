namespace ModelGen.Compiler.Scheduling;

/// <summary>Decides which rounded values take 16 bits in memory: those whose readers can all widen them, which loops, products and copies can.</summary>
internal static class NarrowStorage
{
    /// <summary>Sets <see cref="Node.Stored"/> of what the kernels write.</summary>
    public static void Choose(Graph graph, IReadOnlyList<Kernel> kernels)
    {
        // Most models round nothing, and people wait for what is computed here at every key.
        if (!graph.Nodes.Any(n => n.Op is RoundTo)) return;
        var roots = new HashSet<Node>(graph.Roots.Select(Views.Root));
        var readers = kernels.SelectMany(k => k.Reads.Select(r => (Root: r, Kernel: k))).ToLookup(p => p.Root, p => p.Kernel);
        foreach (var kernel in kernels)
            foreach (var node in kernel.Writes)
                if (node.Op is RoundTo { IsWide: false } op && kernel is LoopKernel or CallKernel && IsReadable(node)) node.Stored = op.Format;
        // In the order in which they run: a copy of a copy follows.
        foreach (var copy in kernels.OfType<CopyKernel>()) if (HasOneSource(copy)) copy.Node.Stored = Views.Root(copy.Node.Inputs[0]).Stored;

        bool IsReadable(Node node) => !roots.Contains(node) && readers[node].All(k => Reads(k, node) && (k is not CopyKernel copy || (HasOneSource(copy) && IsReadable(copy.Node))));
    }

    static bool Reads(Kernel kernel, Node node) => kernel switch
    {
        LoopKernel or CopyKernel => true,
        CallKernel call => call.Call.Method == "MatMul.Run" || call.Node.Inputs.All(i => Views.Root(i) != node),
        _ => false,
    };

    // A copy moves elements as they are, so it can only have one source.
    static bool HasOneSource(CopyKernel copy) => copy.Node.Inputs.Select(Views.Root).Distinct().Count() == 1;
}
