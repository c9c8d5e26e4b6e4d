namespace ModelGen.Compiler.Scheduling;

/// <summary>The kernels of one compiled method, in order. Decides nothing about memory and prints nothing.</summary>
internal sealed class Schedule
{
    Schedule(Graph graph, IReadOnlyList<Kernel> kernels)
    {
        (Graph, Kernels) = (graph, kernels);
    }

    public Graph Graph { get; }
    public IReadOnlyList<Kernel> Kernels { get; }

    /// <summary>The same without some kernels, whose results are computed elsewhere.</summary>
    public Schedule Without(ISet<Kernel> kernels) => new(Graph, Kernels.Where(k => !kernels.Contains(k)).ToArray());

    /// <summary>The kernels with those inside of loops in place of the loops.</summary>
    public IEnumerable<Kernel> AllKernels => Kernels.SelectMany(k => k is ScanKernel scan ? scan.Body.AllKernels : [k]);

    /// <summary>Multiply-adds of one run.</summary>
    public Dim MultiplyAdds => Kernels.Aggregate(Dim.Zero, (sum, k) => k switch
    {
        CallKernel call => sum + call.Call.MultiplyAdds,
        ScanKernel scan => sum + (scan.Steps * scan.Body.MultiplyAdds),
        _ => sum,
    });

    /// <param name="graph">What to compute.</param>
    /// <param name="gradients">In a training step: the gradients, each with the weights that it belongs to. The first output is the loss.</param>
    public static Schedule For(Graph graph, IReadOnlyList<(Node Gradient, Node Weight)>? gradients = null)
    {
        var (groups, floating) = Fusion.Plan(graph, gradients ?? []);
        var live = graph.Live();
        var computedIn = new Dictionary<Node, Group>();
        foreach (var group in groups)
        {
            if (group.Anchor is { } anchor) computedIn[anchor] = group;
            foreach (var node in group.Nodes) computedIn[node] = group;
        }

        // A value is kept when someone outside its kernel reads it, directly or through a view.
        var kept = new HashSet<Node>(graph.Roots.Select(Views.Root));
        foreach (var node in live)
        {
            if (node.Op is Reshape) continue;
            computedIn.TryGetValue(node, out var reader);
            foreach (var input in node.Inputs)
            {
                var root = Views.Root(input);
                if (computedIn.TryGetValue(root, out var writer) && writer != reader) kept.Add(root);
            }
        }
        var kernels = PooledConvolutions.Fuse(graph, groups.Select(g => Build(g, kept, floating)).ToArray());
        NarrowStorage.Choose(graph, kernels);
        if (gradients is not null) kernels = WeightUpdates.Fuse(kernels, graph.Outputs[0].Value, gradients);
        return new Schedule(graph, kernels);
    }

    static Kernel Build(Group group, HashSet<Node> kept, ISet<Node> floating)
    {
        if (group.Anchor is null) return Loop(group, group.Nodes, kept, floating, Space(group, floating), KernelNames.For(group.Nodes));
        var anchor = group.Anchor;
        return anchor.Op switch
        {
            Scan scan => new ScanKernel { Name = "Scan", Node = anchor, Body = For(scan.Body), Reads = anchor.Inputs.Select(Views.Root).Distinct().ToArray(), Writes = [anchor] },
            KernelOp op => Call(group, anchor, op.Kernel(anchor), kept, floating),
            MovementOp op => new CopyKernel
            {
                Name = KernelNames.For([anchor]),
                Node = anchor,
                Clear = op.LeavesGaps,
                Pieces = op.Pieces(anchor) ?? throw new InvalidOperationException($"'{op}' has no copy kernel."),
                Reads = anchor.Inputs.Select(Views.Root).Distinct().ToArray(),
                Writes = [anchor],
            },
            _ => throw new InvalidOperationException($"'{anchor.Op}' has no kernel."),
        };
    }

    static CallKernel Call(Group group, Node anchor, KernelCall call, HashSet<Node> kept, ISet<Node> floating)
    {
        if (group.Nodes.Count == 0)
            return new CallKernel { Name = KernelNames.For([anchor]), Node = anchor, Call = call, Target = anchor, Reads = anchor.Inputs.Select(Views.Root).Distinct().ToArray(), Writes = [anchor] };

        var view = call.Epilogue!.Value;
        var space = Fusion.EpilogueSpace(view, group.Nodes[group.Nodes.Count - 1].Shape)!;
        var epilogue = Loop(group, group.Nodes, kept, floating, space, KernelNames.For(group.Nodes));
        // The raw result is overwritten in place by the first thing kept, unless someone needs it too.
        // Numbers of 16 bits leave no room for it.
        var target = kept.Contains(anchor) ? anchor : epilogue.Stores.FirstOrDefault(s => s.Op is not RoundTo { IsWide: false }) ?? anchor;
        return new CallKernel
        {
            Name = KernelNames.For(group.Nodes.Prepend(anchor)),
            Node = anchor,
            Call = call,
            Epilogue = epilogue,
            Target = target,
            Reads = anchor.Inputs.Concat(epilogue.Operands.Where(o => Views.Root(o) != anchor)).Select(Views.Root).Where(n => !Views.IsImmediate(n)).Distinct().ToArray(),
            Writes = epilogue.Stores.Append(target).Distinct().ToArray(),
        };
    }

    static LoopSpace Space(Group group, ISet<Node> floating)
    {
        switch (group.Form)
        {
            case LoopForm.Row:
                return new LoopSpace(group.Domain, group.Split);
            case LoopForm.Column:
                return new LoopSpace(group.Domain, group.SplitEnd);
            default:
                var nodes = group.Nodes.SelectMany(n => Fusion.WithFloating(n, floating)).Distinct().ToArray();
                var operands = nodes.SelectMany(n => n.Inputs).Where(i => !nodes.Contains(i)).Select(i => i.Shape).ToArray();
                return LoopSpace.Widest(group.Domain, operands, nodes.Any(n => n.Op is ElementwiseOp { UsesCoordinate: true }));
        }
    }

    static LoopKernel Loop(Group group, IReadOnlyList<Node> nodes, HashSet<Node> kept, ISet<Node> floating, LoopSpace space, string name)
    {
        var body = new List<Node>();
        var seen = new HashSet<Node>();
        foreach (var node in nodes) Include(node);
        var members = new HashSet<Node>(body);
        var operands = body.SelectMany(n => n.Inputs).Where(i => !members.Contains(i) && !(i.Op is Reshape && members.Contains(Views.Root(i)))).Distinct().ToArray();
        var stores = nodes.Where(kept.Contains).ToArray();
        return new LoopKernel
        {
            Name = name,
            Form = group.Form,
            Space = space,
            Outer = group.Form == LoopForm.Column ? group.Domain.Product(0, group.Split) : Dim.One,
            Body = body,
            Stores = stores,
            Operands = operands,
            Reads = operands.Select(Views.Root).Where(n => !Views.IsImmediate(n)).Distinct().ToArray(),
            Writes = stores,
        };

        // Floating nodes come along, and column reductions bring the elementwise nodes that only they read.
        void Include(Node node)
        {
            if (!seen.Add(node)) return;
            foreach (var input in node.Inputs)
                if (Fusion.BringsAlong(node, input, floating) || (group.Form == LoopForm.Column && input.Op is ElementwiseOp && input.Shape == group.Domain && !kept.Contains(input))) Include(input);
            body.Add(node);
        }
    }
}
