using ModelGen.Compiler.Lowering;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// What <see cref="Recurrent"/> and <see cref="RecurrentGradient"/> compute, written as a <see cref="Scan"/> of ordinary ops. Their gradients are those of this formula where a gradient is
/// differentiated again: to any order, and slower than the kernels.
/// </summary>
/// <param name="cell">The formulas of one step.</param>
/// <param name="reverse">Whether the layer's steps go from the last element to the first.</param>
/// <param name="weight">The weights [H, gates · H].</param>
/// <param name="initial">The carried states before the first step [N, carried · H]; null for zeros.</param>
/// <param name="lengths">The lengths of the sequences [N]; null for T.</param>
internal sealed class RecurrentFormula(RecurrentCell cell, bool reverse, Node weight, Node? initial, Node? lengths)
{
    readonly Graph graph = weight.Graph;
    readonly Dim hidden = weight.Shape[0];

    /// <summary>The results of <see cref="Recurrent"/>: hidden states, last carried states, all states.</summary>
    /// <param name="input">The input's part of the gates [N, T, gates · H].</param>
    /// <param name="bias">The bias of the hidden state [gates · H], where the cell has one.</param>
    public Node[] Forward(Node input, Node? bias)
    {
        var loop = new OpenLoop(graph, reverse);
        var gates = loop.Step(TimeFirst(input));
        var inside = Inside(loop, input);
        // All states are carried: behind the end of a sequence they stay as they are.
        var row = loop.Carry(Padded(initial, input), null);
        var states = Groups(row, cell.States);
        var product = loop.Body.Add(new MatMul(false, false), states[0], loop.Import(weight));
        var next = Concat.Of(1, cell.Step(Groups(gates, cell.Gates), Groups(product, cell.Gates), bias is null ? [] : GroupsOfBias(loop.Import(bias)), states));
        next = inside is null ? next : Where.Of(inside, next, row);
        var y = Slice.Of(next, 1, Dim.Zero, hidden);
        if (inside is not null) y = Where.Of(inside, y, Zero(y));
        var scan = loop.Close([next], [y, next], keep: true);
        return [BatchFirst(MultiResultOp.Part(scan, 1)), Slice.Of(MultiResultOp.Part(scan, 0), 1, Dim.Zero, hidden * cell.Carried), BatchFirst(MultiResultOp.Part(scan, 2))];
    }

    /// <summary>The results of <see cref="RecurrentGradient"/>: the gradients of the gates, and of the initial states.</summary>
    /// <param name="states">All states [N, T, states · H].</param>
    /// <param name="dy">The gradient of the hidden states [N, T, H]; null for zero.</param>
    /// <param name="dlast">The gradient of the last carried states [N, carried · H]; null for zero.</param>
    public Node[] Backward(Node states, Node? dy, Node? dlast)
    {
        var loop = new OpenLoop(graph, !reverse);
        Node at = loop.Step(TimeFirst(states)), before = loop.Step(TimeFirst(Before(states)));
        var gradient = dy is null ? null : loop.Step(TimeFirst(dy));
        var inside = Inside(loop, states);
        var none = BroadcastTo.Of(graph.Constant(0, states.DType), new Shape(states.Shape[0], hidden));
        // What comes back from the steps behind: to the hidden state, and past the weights.
        var dh = loop.Carry(dlast is null ? none : Slice.Of(dlast, 1, Dim.Zero, hidden), null);
        var carry = loop.Carry(dlast is null || cell.Carried == 1 ? none : Slice.Of(dlast, 1, hidden, hidden), null);
        var (parts, past) = cell.StepBack(gradient is null ? dh : dh + gradient, carry, Groups(at, cell.States), Groups(before, cell.States));
        var row = Concat.Of(1, parts);
        var back = loop.Body.Add(new MatMul(false, true), Slice.Of(row, 1, Dim.Zero, hidden * cell.Gates), loop.Import(weight));
        if (inside is not null) (row, back, past) = (Where.Of(inside, row, Zero(row)), Where.Of(inside, back, dh), Where.Of(inside, past, carry));
        var scan = loop.Close([back, past], [row], keep: true);
        Node h = MultiResultOp.Part(scan, 0), c = MultiResultOp.Part(scan, 1);
        return [BatchFirst(MultiResultOp.Part(scan, 2)), cell.Carried > 1 ? Concat.Of(1, h, c) : h + c];
    }

    // The states before each step: the initial ones, then those of all steps but the last.
    Node Before(Node states)
    {
        if (initial is null) return Shift.Of(states, 1, reverse);
        var first = Unsqueeze.Of(Padded(initial, states), 1);
        var steps = states.Shape[1];
        if (steps.IsOne) return first;
        var others = Slice.Of(states, 1, reverse ? Dim.One : Dim.Zero, steps - 1);
        return reverse ? Concat.Of(1, others, first) : Concat.Of(1, first, others);
    }

    // A row of all states, of which the carried ones are given.
    Node Padded(Node? carried, Node sequence)
    {
        Node Zeros(Dim columns) => BroadcastTo.Of(graph.Constant(0, sequence.DType), new Shape(sequence.Shape[0], columns));
        if (carried is null) return Zeros(hidden * cell.States);
        return cell.States == cell.Carried ? carried : Concat.Of(1, carried, Zeros(hidden * (cell.States - cell.Carried)));
    }

    // 1 in the steps before the end of a sequence, [N, 1]; null where all sequences have T elements.
    Node? Inside(OpenLoop loop, Node sequence)
    {
        if (lengths is null) return null;
        Dim batch = sequence.Shape[0], steps = sequence.Shape[1];
        var mask = LengthMask.Of(BroadcastTo.Of(graph.Constant(1, sequence.DType), new Shape(batch, steps)), lengths, fill: 0);
        return loop.Step(Unsqueeze.Of(Permute.Of(mask, 1, 0), 2));
    }

    Node[] Groups(Node row, int count) => Enumerable.Range(0, count).Select(i => Slice.Of(row, 1, hidden * i, hidden)).ToArray();

    Node[] GroupsOfBias(Node bias) => Enumerable.Range(0, cell.Gates).Select(i => Slice.Of(bias, 0, hidden * i, hidden)).ToArray();

    static Node Zero(Node like) => BroadcastTo.Of(like.Graph.Constant(0, like.DType), like.Shape);
    static Node TimeFirst(Node x) => Permute.Of(x, 1, 0, 2);
    static Node BatchFirst(Node x) => Permute.Of(x, 1, 0, 2);
}
