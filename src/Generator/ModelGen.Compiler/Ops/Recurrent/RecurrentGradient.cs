namespace ModelGen.Compiler.Ops;

/// <summary>
/// The way back through time of <see cref="Recurrent"/>, in one kernel. Results: the gradients of the gates [N, T, gradients · H] and, when the loop was given
/// initial states, that of these [N, carried · H]. Inputs: all states [N, T, states · H], the weights [H, gates · H], and what <see cref="Inputs"/> says.
/// </summary>
internal sealed class RecurrentGradient(RecurrentCell cell, RecurrentGradient.Inputs given, bool reverse) : MultiResultOp
{
    /// <summary>What there is besides states and weights, in this order.</summary>
    [Flags]
    internal enum Inputs
    {
        None = 0,

        /// <summary>The gradient of the hidden states [N, T, H].</summary>
        Dy = 1,

        /// <summary>The gradient of the last carried states [N, carried · H].</summary>
        Last = 2,

        /// <summary>The initial carried states [N, carried · H].</summary>
        Initial = 4,

        /// <summary>The lengths of the sequences [N].</summary>
        Lengths = 8,
    }

    public RecurrentCell Cell { get; } = cell;
    public Inputs Given { get; } = given;

    /// <summary>Whether the steps went from the last element to the first.</summary>
    public bool Reverse { get; } = reverse;

    // The state that it multiplies stays inside.
    public override bool IsFactor(int input) => input == 1;
    public override string Name => Cell.Name.ToLowerInvariant() + "_gradient";
    public override string Attributes => Given.ToString().ToLowerInvariant() + (Reverse ? " reverse" : "");

    public static Node Of(Node states, Node weight, Node? dy, Node? dlast, Node? initial, Node? lengths, RecurrentCell cell, bool reverse)
    {
        var given = (dy is null ? Inputs.None : Inputs.Dy) | (dlast is null ? Inputs.None : Inputs.Last) | (initial is null ? Inputs.None : Inputs.Initial) | (lengths is null ? Inputs.None : Inputs.Lengths);
        return states.Graph.Add(new RecurrentGradient(cell, given, reverse), new[] { states, weight, dy, dlast, initial, lengths }.OfType<Node>().ToArray());
    }

    int? At(Inputs input) => !Given.HasFlag(input) ? null
        : 2 + new[] { Inputs.Dy, Inputs.Last, Inputs.Initial, Inputs.Lengths }.Count(i => i < input && Given.HasFlag(i));

    public override IReadOnlyList<TensorType> Results(IReadOnlyList<TensorType> inputs)
    {
        var (type, sequence, hidden) = (inputs[0].DType, inputs[0].Shape, inputs[1].Shape[0]);
        TensorType gates = new(type, sequence.With(2, hidden * Cell.Gradients));
        return At(Inputs.Initial) is null ? [gates] : [gates, new(type, new Shape(sequence[0], hidden * Cell.Carried))];
    }

    // The second derivative is that of the formula.
    public override void Backward(MultiVjp vjp)
    {
        Node? Optional(Inputs input) => At(input) is int at ? vjp.Input(at) : null;
        var results = new RecurrentFormula(Cell, Reverse, vjp.Input(1), Optional(Inputs.Initial), Optional(Inputs.Lengths)).Backward(vjp.Input(0), Optional(Inputs.Dy), Optional(Inputs.Last));
        vjp.AddPullback(results);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        NdArray? Optional(Inputs input) => At(input) is int at ? call[at] : null;
        var (states, weight) = (call[0], call[1]);
        NdArray? dy = Optional(Inputs.Dy), dlast = Optional(Inputs.Last), initial = Optional(Inputs.Initial), lengths = Optional(Inputs.Lengths);
        int batch = states.Shape[0], steps = states.Shape[1], hidden = weight.Shape[0];
        NdArray gradients = new(batch, steps, Cell.Gradients * hidden), first = new(batch, Cell.Carried * hidden);
        for (int n = 0; n < batch; n++)
        {
            // What comes back from the steps behind: to the hidden state, and past the weights.
            double[] dh = new double[hidden], carry = new double[hidden];
            for (int u = 0; u < hidden && dlast is not null; u++)
            {
                dh[u] = dlast[n, u];
                if (Cell.Carried > 1) carry[u] = dlast[n, hidden + u];
            }
            for (int step = steps - 1; step >= 0; step--)
            {
                int t = Reverse ? steps - 1 - step : step, before = Reverse ? t + 1 : t - 1;
                if (lengths is not null && t >= lengths[n]) continue;
                for (int u = 0; u < hidden; u++)
                {
                    double Previous(int s) => step > 0 ? states[n, before, (s * hidden) + u] : s < Cell.Carried && initial is not null ? initial[n, (s * hidden) + u] : 0;
                    var state = Enumerable.Range(0, Cell.States).Select(s => states[n, t, (s * hidden) + u]).ToArray();
                    var row = Cell.Backward(dh[u] + (dy?[n, t, u] ?? 0), ref carry[u], state, Enumerable.Range(0, Cell.States).Select(Previous).ToArray());
                    for (int g = 0; g < row.Length; g++) gradients[n, t, (g * hidden) + u] = row[g];
                }
                for (int u = 0; u < hidden; u++) dh[u] = Enumerable.Range(0, Cell.Gates * hidden).Sum(g => gradients[n, t, g] * weight[u, g]);
            }
            for (int u = 0; u < hidden; u++)
            {
                first[n, u] = dh[u] + (Cell.Carried > 1 ? 0 : carry[u]);
                if (Cell.Carried > 1) first[n, hidden + u] = carry[u];
            }
        }
        return At(Inputs.Initial) is null ? Pack(call, gradients) : Pack(call, gradients, first);
    }

    public override KernelCall Kernel(Node y)
    {
        var results = Results(y.Inputs.Select(x => x.Type).ToArray());
        return Recurrent.Call(Cell, "Backward", y.Inputs[0].Shape, y.Inputs[1].Shape[0], Reverse,
            [("Initial", At(Inputs.Initial) is null ? Dim.Of(-1) : Offset(results, 1))], [0, 1, At(Inputs.Dy), At(Inputs.Last), At(Inputs.Initial), At(Inputs.Lengths)]);
    }
}
