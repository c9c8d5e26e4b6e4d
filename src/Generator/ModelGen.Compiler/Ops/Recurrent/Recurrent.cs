namespace ModelGen.Compiler.Ops;

/// <summary>
/// The loop over time of a recurrent layer, in one kernel. Results: the hidden states [N, T, H], the carried states after the last step [N, carried · H] and, where
/// they are kept, all states [N, T, states · H]. Inputs: the input's part of the gates [N, T, gates · H], the weights [H, gates · H], a bias [gates · H] for
/// cells that have one, and what <see cref="RecurrentInputs"/> says.
/// </summary>
/// <param name="cell">The formulas.</param>
/// <param name="given">Which of the optional inputs there are.</param>
/// <param name="keep">Whether all states are kept for the way back: in training.</param>
/// <param name="reverse">Whether the steps go from the last element to the first.</param>
internal sealed class Recurrent(RecurrentCell cell, RecurrentInputs given, bool keep, bool reverse) : MultiResultOp
{
    public RecurrentCell Cell { get; } = cell;
    public RecurrentInputs Given { get; } = given;

    /// <summary>Whether all states are a result. A cell without other states has them in the first one, unless that is zero behind the end of a sequence.</summary>
    public bool Keep { get; } = keep && (cell.States > 1 || given.HasFlag(RecurrentInputs.Lengths));
    public bool Reverse { get; } = reverse;
    // The state that it multiplies stays inside.
    public override bool IsFactor(int input) => input == 1;
    public override string Name => Cell.Name.ToLowerInvariant();
    public override string Attributes => string.Join(" ", new[] { Given == RecurrentInputs.None ? "" : Given.ToString().ToLowerInvariant(), Keep ? "keep" : "", Reverse ? "reverse" : "" }.Where(a => a.Length > 0));

    /// <summary>A node of the loop; its parts are <see cref="MultiResultOp.Part"/> 0 and 1.</summary>
    public static Node Of(Node input, Node weight, Node? bias, Node? initial, Node? lengths, RecurrentCell cell, bool keep, bool reverse)
    {
        var given = (initial is null ? RecurrentInputs.None : RecurrentInputs.Initial) | (lengths is null ? RecurrentInputs.None : RecurrentInputs.Lengths);
        return input.Graph.Add(new Recurrent(cell, given, keep, reverse), new[] { input, weight, bias, initial, lengths }.OfType<Node>().ToArray());
    }

    int? Bias => Cell.HasBias ? 2 : null;
    int Required => Cell.HasBias ? 3 : 2;
    int? Initial => Given.HasFlag(RecurrentInputs.Initial) ? Required : null;
    int? Lengths => Given.HasFlag(RecurrentInputs.Lengths) ? Required + (Initial is null ? 0 : 1) : null;

    public override IReadOnlyList<TensorType> Results(IReadOnlyList<TensorType> inputs)
    {
        var (type, sequence, hidden) = (inputs[0].DType, inputs[0].Shape, inputs[1].Shape[0]);
        TensorType[] results = [new(type, sequence.With(2, hidden)), new(type, new Shape(sequence[0], hidden * Cell.Carried))];
        return Keep ? [.. results, new(type, sequence.With(2, hidden * Cell.States))] : results;
    }

    /// <summary>A length is at most T; 0 is a sequence without elements.</summary>
    public override (int Input, Dim Bound)? IndexBound(Node y) => Lengths is int at ? (at, y.Inputs[0].Shape[1] + 1) : null;

    public override void Backward(MultiVjp vjp)
    {
        Node input = vjp.Input(0), weight = vjp.Input(1);
        var initial = Initial is int i ? vjp.Input(i) : null;
        var lengths = Lengths is int l ? vjp.Input(l) : null;
        Dim hidden = weight.Shape[0], rows = input.Shape[0] * input.Shape[1];
        if (vjp.Dy(2) is not null)
        {
            // The states themselves have a gradient: what was made of the first one is differentiated again.
            vjp.AddPullback(new RecurrentFormula(Cell, Reverse, weight, initial, lengths).Forward(input, Bias is int b ? vjp.Input(b) : null));
            return;
        }
        var node = vjp.Node;
        if (!Keep) node = vjp.Graph.Add(new Recurrent(Cell, Given, keep: true, Reverse), node.Inputs.ToArray());
        bool keeps = ((Recurrent)node.Op).Keep;
        Node y = Part(node, 0), states = keeps ? Part(node, 2) : y;
        var way = RecurrentGradient.Of(states, weight, vjp.Dy(0), vjp.Dy(1), initial, lengths, Cell, Reverse);
        var gradients = Part(way, 0);
        vjp.Add(0, Cell.OfInput(gradients, hidden));
        if (Initial is int first) vjp.Add(first, Part(way, 1));

        // What the weights made of the hidden state before: dW = Σ h'ᵀ dgates over all sequences and steps, one product. Behind the end of a sequence the gates have
        // no gradient, so its zeros do as well; but a reversed one begins there, with the initial state.
        var gates = Slice.Of(gradients, 2, Dim.Zero, hidden * Cell.Gates);
        var h = initial is not null && lengths is not null && Reverse ? Slice.Of(states, 2, Dim.Zero, hidden) : y;
        var before = initial is null ? Shift.Of(h, 1, Reverse) : Behind(Slice.Of(initial, 1, Dim.Zero, hidden), h);
        vjp.Add(1, vjp.Graph.Add(new MatMul(true, false), Reshape.Of(before, new Shape(rows, hidden)), Reshape.Of(gates, new Shape(rows, hidden * Cell.Gates))));
        if (Bias is int bias) vjp.Add(bias, Sum.Of(gates, [0, 1], keepDims: false));
    }

    // The state before each step: the initial one, then those of all steps but the last.
    Node Behind(Node initial, Node h)
    {
        var first = Reshape.Of(initial, h.Shape.With(1, Dim.One));
        var steps = h.Shape[1];
        if (steps.IsOne) return first;
        var others = Slice.Of(h, 1, Reverse ? Dim.One : Dim.Zero, steps - 1);
        return Reverse ? Concat.Of(1, others, first) : Concat.Of(1, first, others);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (input, weight) = (call[0], call[1]);
        var (initial, lengths) = (Initial is int i ? call[i] : null, Lengths is int l ? call[l] : null);
        int batch = input.Shape[0], steps = input.Shape[1], hidden = weight.Shape[0];
        NdArray y = new(batch, steps, hidden), last = new(batch, Cell.Carried * hidden), states = new(batch, steps, Cell.States * hidden);
        for (int n = 0; n < batch; n++)
        {
            // The row of states so far; of the initial one the carried groups are all there is.
            var row = new double[Cell.States * hidden];
            for (int u = 0; initial is not null && u < Cell.Carried * hidden; u++) row[u] = initial[n, u];
            for (int step = 0; step < steps; step++)
            {
                int t = Reverse ? steps - 1 - step : step;
                bool isBehind = lengths is not null && t >= lengths[n];
                var next = (double[])row.Clone();
                for (int u = 0; u < hidden && !isBehind; u++)
                {
                    var product = Enumerable.Range(0, Cell.Gates).Select(g => Enumerable.Range(0, hidden).Sum(k => row[k] * weight[k, (g * hidden) + u])).ToArray();
                    var gates = Enumerable.Range(0, Cell.Gates).Select(g => input[n, t, (g * hidden) + u]).ToArray();
                    var bias = Cell.HasBias ? Enumerable.Range(0, Cell.Gates).Select(g => call[2][(g * hidden) + u]).ToArray() : [];
                    var unit = Cell.Forward(gates, product, bias, Enumerable.Range(0, Cell.States).Select(s => row[(s * hidden) + u]).ToArray());
                    for (int s = 0; s < unit.Length; s++) next[(s * hidden) + u] = unit[s];
                    y[n, t, u] = unit[0];
                }
                row = next;
                for (int s = 0; s < row.Length; s++) states[n, t, s] = row[s];
            }
            for (int u = 0; u < Cell.Carried * hidden; u++) last[n, u] = row[u];
        }
        return Pack(call, Keep ? [y, last, states] : [y, last]);
    }

    public override KernelCall Kernel(Node y)
    {
        var results = Results(y.Inputs.Select(x => x.Type).ToArray());
        return Call(Cell, "Forward", y.Inputs[0].Shape, y.Inputs[1].Shape[0], Reverse,
            [("Last", Offset(results, 1)), ("States", Keep ? Offset(results, 2) : Dim.Of(-1))], [0, 1, Bias, Initial, Lengths]);
    }

    /// <summary>The call of one of a cell's kernels.</summary>
    internal static KernelCall Call(RecurrentCell cell, string method, Shape sequence, Dim hidden, bool reverse, (string Member, Dim Value)[] places, int?[] operands) => new()
    {
        Method = $"{cell.Name}.{method}",
        Label = $"{cell.Name} {method.ToLowerInvariant()} {hidden}",
        ShapeType = "RecurrentShape",
        Shape = [("Batch", sequence[0]), ("Steps", sequence[1]), ("Hidden", hidden), ("Reverse", reverse ? 1 : 0), .. places],
        Operands = operands,
        MultiplyAdds = sequence[0] * sequence[1] * hidden * hidden * cell.Gates,
    };
}

/// <summary>What a recurrent layer may be given, in this order.</summary>
[Flags]
internal enum RecurrentInputs
{
    None = 0,

    /// <summary>The carried states before the first step [N, carried · H]; else they are zero.</summary>
    Initial = 1,

    /// <summary>
    /// How many elements each sequence has [N], at most T. A step at or behind the end leaves the states as they are and gives zero: what PyTorch does with a packed
    /// sequence. Else all sequences have T elements.
    /// </summary>
    Lengths = 2,
}
