namespace ModelGen.Compiler.Scheduling;

/// <summary>
/// Decides what is computed together. Greedy, in topological order: an elementwise node joins the kernel of one of its inputs when
/// their loops agree and no cycle arises; a reduction turns the loop of its input into a row loop; the elementwise work that only a
/// column reduction reads is done inside it.
/// </summary>
internal sealed class Fusion
{
    /// <summary>A kernel with more operands than this gets hard to read and to allocate registers for.</summary>
    const int MaxOperands = 14;
    const int MaxNodes = 48;
    const int CheapToRepeat = 8;

    readonly Dictionary<Node, Group> groupOf = [];
    readonly Dictionary<Node, ColumnKey> inlined = [];

    // Cheap functions of inputs and weights alone (a one-hot label, 1/N) have no place: whoever needs them computes them.
    readonly HashSet<Node> floating = [];
    readonly List<Group> groups = [];
    readonly List<Node> live;
    readonly ILookup<Node, Node> consumers;
    readonly HashSet<Node> roots;

    Fusion(Graph graph)
    {
        live = graph.Live();
        consumers = live.SelectMany(n => n.Inputs.Distinct().Select(i => (Input: i, Node: n))).ToLookup(p => p.Input, p => p.Node);
        roots = [.. graph.Roots];
    }

    /// <summary>The groups in an order in which they can run, and the nodes that are computed wherever they are read.</summary>
    public static (IReadOnlyList<Group> Groups, ISet<Node> Floating) Plan(Graph graph, IReadOnlyList<(Node Gradient, Node Weight)> gradients)
    {
        var fusion = new Fusion(graph);
        fusion.InlineIntoColumnReductions();
        foreach (var node in fusion.live)
        {
            graph.Cancellation.ThrowIfCancellationRequested();
            fusion.Place(node);
        }
        fusion.FollowReaders(gradients);
        return (fusion.Sorted(), fusion.floating);
    }

    sealed record ColumnKey(Shape Shape, int From, int To);

    // ---- column reductions take their elementwise producers with them

    static ColumnKey? Column(Node node)
    {
        if (node.Op is not ReductionOp op) return null;
        var shape = node.Inputs[0].Shape;
        int from = op.Axes.First(a => !shape[a].IsOne), to = op.Axes.Last(a => !shape[a].IsOne) + 1;
        return shape.Skip(to).All(d => d.IsOne) ? null : new ColumnKey(shape, from, to);
    }

    void InlineIntoColumnReductions()
    {
        var mightFloat = MightFloat(live);
        foreach (var node in Enumerable.Reverse(live))
        {
            if (node.Op is not ElementwiseOp op || op.UsesCoordinate || roots.Contains(node)) continue;
            var keys = consumers[node].Select(c => Column(c) ?? (inlined.TryGetValue(c, out var k) ? k : null)).Distinct().ToArray();
            if (keys is [{ } key] && key.Shape == node.Shape && Reaches(new LoopSpace(key.Shape, key.To), node, mightFloat.ContainsKey)) inlined[node] = key;
        }
    }

    // Before anything is placed: the nodes that could be computed wherever they are read, each with what that costs.
    static Dictionary<Node, int> MightFloat(IEnumerable<Node> live)
    {
        var costs = new Dictionary<Node, int>();
        foreach (var node in live)
        {
            if (node.Op is not ElementwiseOp op || !node.Inputs.All(i => Views.Root(i).Op is LeafOp || costs.ContainsKey(i))) continue;
            int cost = op.Cost(node.Inputs.Count) + node.Inputs.Sum(i => costs.TryGetValue(i, out int c) ? c : 0);
            if (cost <= CheapToRepeat) costs[node] = cost;
        }
        return costs;
    }

    // Whether a loop can compute the node: it reaches all operands, also those of the nodes that come along.
    static bool Reaches(LoopSpace space, Node node, Func<Node, bool> comesAlong) =>
        (node.Op is not ElementwiseOp { UsesCoordinate: true } || space.Split >= space.Shape.Rank - 1)
        && node.Inputs.All(i => space.CanAccess(i.Shape) && (!comesAlong(i) || Reaches(space, i, comesAlong)));

    // ---- placing

    void Place(Node node)
    {
        foreach (var input in node.Inputs)
            if (floating.Contains(input) && !TakesFloating(node, input)) GivePlace(input);
        if (node.Op is LeafOp or Reshape or Result || inlined.ContainsKey(node)) return;
        if (Floats(node))
        {
            floating.Add(node);
            return;
        }
        if (node.Op is KernelOp || (node.Op is MovementOp and not BroadcastTo))
        {
            var own = New(new Group(groups.Count) { Anchor = node });
            groupOf[node] = own;
            Connect(own, node);
        }
        else if (node.Op is ReductionOp op)
        {
            PlaceReduction(node, op);
        }
        else
        {
            var group = Candidates(node).FirstOrDefault(g => Accepts(g, node)) ?? New(new Group(groups.Count) { Domain = node.Shape, Split = node.Shape.Rank });
            Join(group, node);
        }
    }

    bool Floats(Node node) => node.Op is ElementwiseOp && !roots.Contains(node)
        && node.Inputs.All(i => Views.Root(i).Op is LeafOp || floating.Contains(i))
        && RepeatCost(node) <= CheapToRepeat;

    // The node and all that floats into it.
    int RepeatCost(Node node) => node.Op is ElementwiseOp op
        ? op.Cost(node.Inputs.Count) + node.Inputs.Where(floating.Contains).Sum(RepeatCost)
        : 0;

    /// <summary>True when a loop that computes <paramref name="node"/> computes this input too.</summary>
    public static bool BringsAlong(Node node, Node input, ISet<Node> floating) => floating.Contains(input) && TakesFloating(node, input, floating);

    /// <summary>The node, and all that a loop which computes it computes along.</summary>
    public static IEnumerable<Node> WithFloating(Node node, ISet<Node> floating) =>
        node.Inputs.Where(i => BringsAlong(node, i, floating)).SelectMany(i => WithFloating(i, floating)).Prepend(node);

    // A loop computes what it needs of its own shape, and scalars; anything else needs memory.
    static bool TakesFloating(Node node, Node input, ISet<Node> floating) => node.Op switch
    {
        ElementwiseOp => input.Shape == node.Shape || input.Shape.Elements.IsOne,
        ReductionOp op => Reaches(SpaceOf(node, op), input, floating.Contains),
        _ => false,
    };

    static LoopSpace SpaceOf(Node node, ReductionOp op) => Column(node) is { } key
        ? new LoopSpace(key.Shape, key.To)
        : new LoopSpace(node.Inputs[0].Shape, op.Axes.First(a => !node.Inputs[0].Shape[a].IsOne));

    bool TakesFloating(Node node, Node input) => TakesFloating(node, input, floating);

    void GivePlace(Node node)
    {
        if (groupOf.ContainsKey(node)) return;
        Join(New(new Group(groups.Count) { Domain = node.Shape, Split = node.Shape.Rank }), node);
    }

    void PlaceReduction(Node node, ReductionOp op)
    {
        var x = node.Inputs[0];
        if (Column(node) is { } key)
        {
            // Several reductions over the same data are one pass, unless one needs another's result. Reductions of different data gain nothing
            // together: their inputs would have to wait for each other.
            var inputs = new HashSet<Node>(ExternalInputs(node).Where(i => !Views.IsImmediate(i)).Select(Views.Root));
            var same = groups.FirstOrDefault(g => g.Form == LoopForm.Column && g.Domain == key.Shape && g.Split == key.From && g.SplitEnd == key.To && MayJoin(g, node)
                && !g.Nodes.Any(inputs.Contains) && g.Nodes.SelectMany(ExternalInputs).Select(Views.Root).Any(inputs.Contains));
            var group = same ?? New(new Group(groups.Count) { Domain = key.Shape, Form = LoopForm.Column, Split = key.From, SplitEnd = key.To });
            Join(group, node);
            return;
        }

        int split = op.Axes.First(a => !x.Shape[a].IsOne);
        var row = Candidates(node).FirstOrDefault(g => g.IsLoop && g.Form != LoopForm.Column && g.Domain == x.Shape
            && (g.Form == LoopForm.Map || g.Split == split) && RowSpaceReaches(g, node, split) && MayJoin(g, node));
        row ??= New(new Group(groups.Count) { Domain = x.Shape, Split = split });
        row.Form = LoopForm.Row;
        row.Split = split;
        Join(row, node);
    }

    Group New(Group group)
    {
        groups.Add(group);
        return group;
    }

    void Join(Group group, Node node)
    {
        groupOf[node] = group;
        group.Add(node);
        Connect(group, node);
    }

    void Connect(Group group, Node node)
    {
        foreach (var input in ExternalInputs(node))
        {
            if (groupOf.TryGetValue(Views.Owner(input), out var from) && from != group) group.Read(from);
            if (!Views.IsImmediate(input) && !group.Contains(input)) group.Operands.Add(input);
        }
    }

    // What the node reads from memory, seen through the nodes that are computed inside it.
    List<Node> ExternalInputs(Node node)
    {
        var inputs = new List<Node>(node.Inputs.Count);
        Collect(node);
        return inputs;

        void Collect(Node reader)
        {
            foreach (var input in reader.Inputs)
                if (inlined.ContainsKey(input) || (floating.Contains(input) && TakesFloating(reader, input))) Collect(input);
                else inputs.Add(input);
        }
    }

    IEnumerable<Group> Candidates(Node node) =>
        ExternalInputs(node).Select(i => groupOf.TryGetValue(Views.Root(i), out var g) ? g : null).OfType<Group>().Distinct().OrderByDescending(g => g.Index);

    // ---- may a node join a group?

    bool Accepts(Group group, Node node)
    {
        if (!MayJoin(group, node)) return false;
        if (group.Anchor is { Op: KernelOp }) return EpilogueAccepts(group, node);
        if (!group.IsLoop) return false;
        if (group.Form == LoopForm.Row && IsFlatRowValue(group, node)) return true;
        if (node.Inputs.Any(i => i.Op is Reshape && groupOf.TryGetValue(Views.Root(i), out var g) && g == group)) return false;
        return group.Form switch
        {
            LoopForm.Map => node.Shape == group.Domain,
            LoopForm.Row => (node.Shape == group.Domain || node.Shape == RowShape(group)) && RowSpaceReaches(group, node, group.Split),
            _ => false,
        };
    }

    // One element per row, made of such values and scalars alone: its axes do not matter.
    static bool IsFlatRowValue(Group group, Node node)
    {
        var rows = RowShape(group).Elements;
        return node.Op is ElementwiseOp { UsesCoordinate: false } && node.Shape.Elements == rows
            && node.Inputs.All(i => i.Shape.Elements == rows || i.Shape.Elements.IsOne)
            && node.Inputs.Any(i => group.Contains(Views.Root(i)) && i.Shape.Elements == rows);
    }

    bool MayJoin(Group group, Node node)
    {
        if (group.Nodes.Count >= MaxNodes) return false;
        // What is computed again is computed late: not with the forward pass, which would keep it.
        if (node.Repetition != 0 && group.Repetition != node.Repetition) return false;
        var inputs = ExternalInputs(node);
        if (group.Operands.Count + inputs.Distinct().Count(i => !Views.IsImmediate(i) && !group.Contains(i) && !group.Operands.Contains(i)) > MaxOperands) return false;
        // A cycle would arise if another input had to wait for this group.
        return inputs.TrueForAll(i => !groupOf.TryGetValue(Views.Owner(i), out var from) || from == group || !from.DependsOn(group));
    }

    static Shape RowShape(Group group) => new(group.Domain.Select((d, i) => i < group.Split ? d : Dim.One));

    bool RowSpaceReaches(Group group, Node node, int split)
    {
        var space = new LoopSpace(group.Domain, split);
        // The group's own nodes stay as they are: each is asked once.
        var (reachedSplit, reached, answer) = group.Reached;
        if (reachedSplit != split) (reached, answer) = (0, true);
        for (; answer && reached < group.Nodes.Count; reached++) answer = IsReached(group.Nodes[reached]);
        group.Reached = (split, reached, answer);
        return answer && IsReached(node);

        bool IsReached(Node member)
        {
            if (member.Op is ElementwiseOp { UsesCoordinate: true } && split < group.Domain.Rank - 1) return false;
            foreach (var input in member.Inputs)
                if (!group.Contains(input) && !(BringsAlong(member, input, floating) ? IsReached(input) : space.CanAccess(input.Shape))) return false;
            return true;
        }
    }

    // The epilogue walks the result as [rows, columns]; a node joins when all it touches can be walked that way.
    bool EpilogueAccepts(Group group, Node node)
    {
        var kernel = ((KernelOp)group.Anchor!.Op).Kernel(group.Anchor);
        var nodes = WithFloating(node, floating).ToArray();
        if (kernel.Epilogue is not { } view || nodes.Any(n => n.Op is ElementwiseOp { UsesCoordinate: true })) return false;
        return EpilogueSpace(view, node.Shape) is { } space
            && nodes.SelectMany(n => n.Inputs).All(i => space.TryAccess(i.Shape) is not null || Views.IsImmediate(i));
    }

    /// <summary>The space of a node that lives in an epilogue over [batch, rows, columns]: its trailing axes must make up the columns.</summary>
    public static LoopSpace? EpilogueSpace((Dim Batch, Dim Rows, Dim Columns) view, Shape shape) =>
        shape.Elements == view.Batch * view.Rows * view.Columns ? LoopSpace.WithColumns(shape, view.Columns) : null;

    // ---- order

    // Weights may be updated together with their gradient only when all who read them have done so.
    void FollowReaders(IReadOnlyList<(Node Gradient, Node Weight)> gradients)
    {
        var weights = new HashSet<Node>(gradients.Select(g => g.Weight));
        var readersOf = groups.SelectMany(g => g.Operands.Select(Views.Root).Where(weights.Contains).Distinct().Select(w => (Weight: w, Reader: g))).ToLookup(r => r.Weight, r => r.Reader);
        foreach (var (gradient, weight) in gradients)
        {
            if (!groupOf.TryGetValue(Views.Root(gradient), out var writer)) continue;
            foreach (var reader in readersOf[weight].Where(r => r != writer && !r.DependsOn(writer)).ToArray()) writer.Read(reader);
        }
    }

    List<Group> Sorted()
    {
        var sorted = new List<Group>();
        var done = new HashSet<Group>();
        foreach (var group in groups) Visit(group);
        return sorted;

        void Visit(Group group)
        {
            if (!done.Add(group)) return;
            foreach (var input in group.Inputs.OrderBy(g => g.Index)) Visit(input);
            sorted.Add(group);
        }
    }
}
