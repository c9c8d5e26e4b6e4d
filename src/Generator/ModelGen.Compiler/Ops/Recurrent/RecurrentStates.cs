namespace ModelGen.Compiler.Ops;

/// <summary>
/// The forward loop of <see cref="Recurrent"/>: all states of all steps [N, T, states · H], or the hidden ones alone [N, T, H].
/// </summary>
internal sealed class RecurrentStates(RecurrentCell cell, bool outputOnly, bool reverse) : KernelOp
{
    public RecurrentCell Cell { get; } = cell;

    /// <summary>Whether the result is the hidden states alone. A cell without other states has one form.</summary>
    public bool OutputOnly { get; } = outputOnly && cell.States > 1;

    /// <summary>Whether the steps go from the last element to the first.</summary>
    public bool Reverse { get; } = reverse;

    public override string Name => Cell.Name.ToLowerInvariant() + (OutputOnly ? "" : "_states");
    public override string Attributes => Reverse ? "reverse" : "";

    public static Node Of(IEnumerable<Node> inputs, RecurrentCell cell, bool outputOnly, bool reverse)
    {
        var given = inputs.ToArray();
        return given[0].Graph.Add(new RecurrentStates(cell, outputOnly, reverse), given);
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (input, hidden) = (inputs[0].Shape, inputs[1].Shape[0]);
        if (input.Rank != 3 || input[2] != hidden * Cell.Gates || inputs[1].Shape[1] != input[2]) throw new ModelException(Rules.MatMulSizes,
            $"'{Cell.Name}' takes gates [N, T, {Cell.Gates} · H] and weights [H, {Cell.Gates} · H], but was given {input} and {inputs[1].Shape}.");
        return new TensorType(inputs[0].DType, input.With(2, OutputOnly ? hidden : hidden * Cell.States));
    }

    // Autodiff sees the composite, which knows the way back.
    public override void Backward(Vjp vjp) => throw new ModelException(Rules.NotDifferentiable, $"A second derivative through '{Cell.Name}' is not available.");

    public override NdArray Reference(ReferenceCall call)
    {
        var states = Evaluate(Cell, call, Reverse);
        if (!OutputOnly) return states;
        int hidden = call[1].Shape[0];
        return new NdArray(call.ResultShape, Enumerable.Range(0, NdArray.Count(call.ResultShape)).Select(i => states.Data[(i / hidden * Cell.States * hidden) + (i % hidden)]).ToArray());
    }

    /// <summary>All states, step by step and unit by unit.</summary>
    internal static NdArray Evaluate(RecurrentCell cell, ReferenceCall call, bool reverse)
    {
        var (input, weight) = (call[0], call[1]);
        int batch = input.Shape[0], steps = input.Shape[1], hidden = weight.Shape[0];
        var states = new NdArray(batch, steps, cell.States * hidden);
        for (int n = 0; n < batch; n++)
            for (int t = 0; t < steps; t++)
                for (int u = 0; u < hidden; u++)
                {
                    int At(int step) => reverse ? steps - 1 - step : step;
                    double State(int step, int group, int unit) => step < 0 ? 0 : states[n, At(step), (group * hidden) + unit];
                    var product = Enumerable.Range(0, cell.Gates).Select(g => Enumerable.Range(0, hidden).Sum(k => State(t - 1, 0, k) * weight[k, (g * hidden) + u])).ToArray();
                    var gates = Enumerable.Range(0, cell.Gates).Select(g => input[n, At(t), (g * hidden) + u]).ToArray();
                    var bias = cell.HasBias ? Enumerable.Range(0, cell.Gates).Select(g => call[2][(g * hidden) + u]).ToArray() : [];
                    var previous = Enumerable.Range(0, cell.States).Select(s => State(t - 1, s, u)).ToArray();
                    var row = cell.Forward(gates, product, bias, previous);
                    for (int s = 0; s < row.Length; s++) states[n, At(t), (s * hidden) + u] = row[s];
                }
        return states;
    }

    public override KernelCall Kernel(Node y) => Call(Cell, OutputOnly ? "Output" : "States", y.Shape, y.Inputs[1].Shape[0], Reverse);

    /// <summary>The call of one of a cell's kernels.</summary>
    internal static KernelCall Call(RecurrentCell cell, string method, Shape sequence, Dim hidden, bool reverse) => new()
    {
        Method = $"{cell.Name}.{method}",
        Label = $"{cell.Name} {method.ToLowerInvariant()} {hidden}",
        ShapeType = "RecurrentShape",
        Shape = [("Batch", sequence[0]), ("Steps", sequence[1]), ("Hidden", hidden), ("Reverse", reverse ? 1 : 0)],
        MultiplyAdds = sequence[0] * sequence[1] * hidden * hidden * cell.Gates,
    };
}
