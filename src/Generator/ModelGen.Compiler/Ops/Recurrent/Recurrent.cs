namespace ModelGen.Compiler.Ops;

/// <summary>
/// The hidden states of a recurrent layer: the input's part of the gates [N, T, gates · H], the weights [H, gates · H] (and a bias [gates · H] for cells
/// that have one) → [N, T, H]. One loop over time in one kernel, not T kernels. The states before the first step are zero.
/// </summary>
/// <param name="cell">The formulas.</param>
/// <param name="keep">Whether all states are kept for the way back: in training.</param>
/// <param name="reverse">Whether the steps go from the last element to the first.</param>
internal sealed class Recurrent(RecurrentCell cell, bool keep, bool reverse) : CompositeOp
{
    public RecurrentCell Cell { get; } = cell;
    public bool Keep { get; } = keep;
    public bool Reverse { get; } = reverse;
    public override string Name => Cell.Name.ToLowerInvariant();
    public override string Attributes => ((Keep ? "keep" : "") + (Reverse ? " reverse" : "")).Trim();

    public static Node Of(Node input, Node weight, Node? bias, RecurrentCell cell, bool keep, bool reverse) =>
        input.Graph.Add(new Recurrent(cell, keep, reverse), bias is null ? [input, weight] : [input, weight, bias]);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(2, inputs[1].Shape[0]));

    public override Node Decompose(Node y)
    {
        if (!Keep) return RecurrentStates.Of(y.Inputs, Cell, outputOnly: true, Reverse);
        var states = RecurrentStates.Of(y.Inputs, Cell, outputOnly: false, Reverse);
        var hidden = Slice.Of(states, 2, Dim.Zero, y.Shape[2]);
        // Two kernels, each under its own name: the loop, and the copy of the hidden states.
        (states.Origin, hidden.Origin) = (states.Op.Name, hidden.Op.Name);
        return hidden;
    }

    public override void Backward(Vjp vjp)
    {
        var inputs = Enumerable.Range(0, vjp.InputCount).Select(vjp.Input).ToArray();
        Dim hidden = vjp.Y.Shape[2], rows = vjp.Y.Shape[0] * vjp.Y.Shape[1];
        var states = RecurrentStates.Of(inputs, Cell, outputOnly: false, Reverse);
        var gradients = vjp.Graph.Add(new RecurrentGradient(Cell, Reverse), states, inputs[1], vjp.Dy);
        vjp.Add(0, Cell.OfInput(gradients, hidden));

        // What the weights made of the hidden state before: dW = Σ h'ᵀ dgates over all sequences and steps, one product.
        var gates = Slice.Of(gradients, 2, Dim.Zero, hidden * Cell.Gates);
        var before = Reshape.Of(Shift.Of(Slice.Of(states, 2, Dim.Zero, hidden), 1, Reverse), new Shape(rows, hidden));
        vjp.Add(1, vjp.Graph.Add(new MatMul(true, false), before, Reshape.Of(gates, new Shape(rows, hidden * Cell.Gates))));
        if (Cell.HasBias) vjp.Add(2, Sum.Of(gates, [0, 1], keepDims: false));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var states = RecurrentStates.Evaluate(Cell, call, Reverse);
        var y = new NdArray(call.ResultShape);
        int hidden = y.Shape[2];
        for (int i = 0; i < y.Length; i++) y.Data[i] = states.Data[(i / hidden * Cell.States * hidden) + (i % hidden)];
        return y;
    }
}
