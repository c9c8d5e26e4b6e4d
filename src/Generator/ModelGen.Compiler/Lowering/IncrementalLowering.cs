using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Lowering;

/// <summary>
/// A model of sequences as it runs a few positions at a time: every causal attention looks at a cache of keys and values, tables of positions begin at the
/// position that is reached, and the result is that of the last position. Only a model whose other ops treat each position by itself has this form.
/// </summary>
internal sealed record IncrementalForm
{
    /// <summary>What to compute; its only output is the result of the last position.</summary>
    public required Graph Graph { get; init; }

    /// <summary>Forward, with T positions instead of all.</summary>
    public required FunctionSpec Function { get; init; }

    /// <summary>Sequences at once: a symbol or a constant.</summary>
    public required Dim Batch { get; init; }

    /// <summary>Symbols: the number of positions of a call, the first of them, and how many the cache has room for.</summary>
    public required string Length { get; init; }
    public required string Position { get; init; }
    public required string Capacity { get; init; }

    /// <summary>The length that Forward is declared with; null when that is a symbol.</summary>
    public required long? DeclaredLength { get; init; }

    /// <summary>What ends first as positions go on, and after how many; null when nothing does.</summary>
    public required (string What, long Positions)? Limit { get; init; }
}

/// <summary>Derives the <see cref="IncrementalForm"/> of a model from its captured Forward.</summary>
internal sealed class IncrementalLowering
{
    readonly Dictionary<Node, TimeAxis> times = [];
    readonly string length, position, capacity;
    int caches;
    (string What, long Positions)? limit;

    IncrementalLowering(string length, string position, string capacity) => (this.length, this.position, this.capacity) = (length, position, capacity);

    /// <param name="model">The model.</param>
    /// <param name="whole">The graph of its Forward.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The form; or why there is none; or neither, for a model without causal attention.</returns>
    public static (IncrementalForm? Form, string? Reason) Of(ModelSpec model, Graph whole, CancellationToken cancellation)
    {
        if (!whole.Live().Any(n => n.Op is ScaledDotProductAttention { Causal: true })) return (null, null);
        try
        {
            return (Derive(model, model.Function("Forward")!, cancellation), null);
        }
        catch (ModelException e)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    static IncrementalForm Derive(ModelSpec model, FunctionSpec forward, CancellationToken cancellation)
    {
        if (forward.Inputs.Count != 1 || forward.Outputs.Count != 1) throw Refusal($"Forward has {forward.Inputs.Count} inputs and {forward.Outputs.Count} results; only a model of one sequence and one result is decoded");
        var input = forward.Inputs[0];
        int axis = input.DType == DType.Int32 ? input.Shape.Rank - 1 : input.Shape.Rank - 2;
        if (axis is not (0 or 1)) throw Refusal($"'{input.Name}' is {input.Shape}, which is neither tokens [N, T] nor features [N, T, F]");
        var declared = input.Shape[axis];
        if (!declared.IsConstant && declared.SymbolName is null) throw Refusal($"the length of '{input.Name}' is {declared}, neither a number nor a name");
        var batch = axis == 0 ? Dim.One : input.Shape[0];
        if (input.Shape.Skip(axis + 1).Append(Dim.One).Any(d => !d.IsConstant) || !(batch.IsConstant || batch.SymbolName is not null) || (!batch.IsConstant && batch == declared))
            throw Refusal($"'{input.Name}' is {input.Shape}; only the number of sequences and their length may be names");

        var taken = new HashSet<string>(input.Shape.SelectMany(d => d.Symbols).Append(input.Name).Append(Codegen.Identifiers.Pascal(input.Name)).Concat(forward.OutputNames), StringComparer.Ordinal);
        string Own(string name)
        {
            while (!taken.Add(name)) name += "_";
            return name;
        }
        var lowering = new IncrementalLowering(declared.SymbolName ?? Own("T"), Own("position"), Own("capacity"));
        var time = Dim.Symbol(lowering.length);
        var function = forward with { Inputs = new([input with { Shape = input.Shape.With(axis, time) }]) };
        var graph = FunctionLowering.Build(model, function, training: false, anyLength: true, cancellation);
        graph = lowering.Incremental(Passes.Decompose.Except(graph, op => op is ScaledDotProductAttention));
        var (name, value) = graph.Outputs[0];
        graph.Outputs[0] = (name, lowering.LastPosition(graph, value));
        return new IncrementalForm
        {
            Graph = graph, Function = function, Batch = batch, Length = lowering.length, Position = lowering.position, Capacity = lowering.capacity,
            DeclaredLength = declared.IsConstant ? declared.Value : null, Limit = lowering.limit,
        };
    }

    static ModelException Refusal(string why) => new(Rules.Argument, why);

    // ---- attention to a cache, positions from where the sequence stands

    Graph Incremental(Graph graph) => graph.Rewrite((target, node, inputs) =>
    {
        if (node.Op is InputLeaf) return Timed(target.Add(node.Op), new TimeAxis(TimeFlow.AxisOf(node.Shape, length)!.Value, Dim.One));
        if (node.Op is SizeLeaf { Size: var size } && size.Symbols.Contains(length)) throw Refusal("a value depends on the length of the whole sequence");
        var from = inputs.Select(i => times.TryGetValue(i, out var t) ? t : null).ToArray();
        if (node.Op is ScaledDotProductAttention attention) return Timed(Attention(attention, node, inputs, from), new TimeAxis(attention.Positions, Dim.One));
        if (from.Any(t => t is not null)) return Timed(target.Add(node.Op, inputs), node.Op.Follow(new TimeFlow(node, from, length)) ?? throw Refusal(
            $"'{node.Name ?? node.Origin ?? node.Op.Name}' does not treat the positions of a sequence one by one ({string.Join(", ", node.Inputs.Select(i => i.Shape))} → {node.Shape})"));
        if (TimeFlow.AxisOf(node.Shape, length) is not { } axis) return null;

        // Positions out of nothing.
        if (node.Shape[axis] != Dim.Symbol(length) || node.Op.StartingAt(node, inputs, Dim.Symbol(length), Dim.Symbol(position)) is not { } moved)
            throw Refusal($"'{node.Name ?? node.Op.Name}' of {node.Shape} cannot begin at a later position");
        if (node.Op is Slice table) Limit(node.Inputs[0], table.Axis, table.Start);
        return Timed(moved, new TimeAxis(axis, Dim.One));
    });

    Node Attention(ScaledDotProductAttention attention, Node node, Node[] inputs, TimeAxis?[] from)
    {
        int positions = attention.Positions;
        if (inputs.Length > 3) throw Refusal($"the attention {node.Shape} has lengths of sequences, which a session keeps itself");
        if (from.Any(t => t is null || t.Axis != positions || !t.Inner.IsOne) || inputs.Any(i => i.Shape[positions] != Dim.Symbol(length)))
            throw Refusal("an attention does not look from a sequence at the same sequence");
        if (!attention.Causal) throw Refusal($"the attention {node.Shape} is not causal: each position looks at later ones too");
        return CachedAttention.Of(attention, inputs, caches++, Dim.Symbol(position), Dim.Symbol(capacity));
    }

    Node Timed(Node node, TimeAxis time)
    {
        times[node] = time;
        return node;
    }

    void Limit(Node table, int axis, Dim start)
    {
        if ((table.Shape[axis] - start) is not { IsConstant: true, Value: var rows } || (limit is { } known && known.Positions <= rows)) return;
        limit = ((Views.Root(table).Op as ParameterLeaf)?.Path ?? table.Name ?? table.Op.Name, rows);
    }

    // ---- the last position only, from the last attention on

    Node LastPosition(Graph graph, Node output)
    {
        if (!times.TryGetValue(output, out var time) || !time.Inner.IsOne || output.Shape[time.Axis] != Dim.Symbol(length))
            throw Refusal($"the result {output.Shape} has no axis of positions");
        var needed = new HashSet<Node>();
        foreach (var node in Enumerable.Reverse(graph.Nodes))
            if (node.Op is CachedAttention || needed.Contains(node)) needed.UnionWith(node.Inputs);
        var done = new Dictionary<Node, Node>();
        var last = Last(output);
        return Reshape.Of(last, new Shape(last.Shape.Where((_, i) => i != time.Axis)));

        // What a later attention needs is computed for every position; the rest for the last one.
        Node Last(Node node)
        {
            if (!times.TryGetValue(node, out var at)) return node;
            if (done.TryGetValue(node, out var known)) return known;
            if (needed.Contains(node) || node.Op is CachedAttention or LeafOp or Arange || node.Inputs.All(i => !times.ContainsKey(i))) return done[node] = Cut(node, at);
            var inputs = node.Inputs.Select(Last).ToArray();
            var result = node.Op switch
            {
                Reshape => Reshape.Of(inputs[0], WithoutTime(node.Shape, at)),
                BroadcastTo => BroadcastTo.Of(inputs[0], WithoutTime(node.Shape, at)),
                _ => graph.Add(node.Op, inputs),
            };
            result.Name ??= node.Name;
            result.Origin ??= node.Origin;
            return done[node] = result;
        }

        Node Cut(Node node, TimeAxis at)
        {
            var outer = WithoutTime(node.Shape, at)[at.Axis].DivideExactly(at.Inner)!;
            Shape before = new(node.Shape.Take(at.Axis)), after = new(node.Shape.Skip(at.Axis + 1));
            var apart = Reshape.Of(node, new Shape(before.Append(outer).Append(Dim.Symbol(length)).Append(at.Inner).Concat(after)));
            return Reshape.Of(Slice.Of(apart, at.Axis + 1, Dim.Symbol(length) - 1, Dim.One), WithoutTime(node.Shape, at));
        }

        Shape WithoutTime(Shape shape, TimeAxis at) => shape.With(at.Axis, shape[at.Axis].DivideExactly(Dim.Symbol(length))!);
    }
}
