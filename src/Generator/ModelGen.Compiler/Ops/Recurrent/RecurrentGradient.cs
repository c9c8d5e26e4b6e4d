namespace ModelGen.Compiler.Ops;

/// <summary>
/// The way back through time of <see cref="Recurrent"/>: all states [N, T, states · H], the weights [H, gates · H] and dy [N, T, H] → the gradients of the
/// gates [N, T, gradients · H].
/// </summary>
internal sealed class RecurrentGradient(RecurrentCell cell, bool reverse) : KernelOp
{
    public RecurrentCell Cell { get; } = cell;
    /// <summary>Whether the steps went from the last element to the first.</summary>
    public bool Reverse { get; } = reverse;

    public override string Name => Cell.Name.ToLowerInvariant() + "_gradient";
    public override string Attributes => Reverse ? "reverse" : "";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[2].Shape.With(2, inputs[1].Shape[0] * Cell.Gradients));

    public override void Backward(Vjp vjp) => throw new ModelException(Rules.NotDifferentiable,
        $"A second derivative through '{Cell.Name}' is not available: write the steps with tensor operations where a gradient is differentiated again.");

    public override NdArray Reference(ReferenceCall call)
    {
        var (states, weight, dy) = (call[0], call[1], call[2]);
        int batch = dy.Shape[0], steps = dy.Shape[1], hidden = dy.Shape[2];
        var gradients = new NdArray(call.ResultShape);
        for (int n = 0; n < batch; n++)
        {
            var carry = new double[hidden];
            for (int t = steps - 1; t >= 0; t--)
                for (int u = 0; u < hidden; u++)
                {
                    int At(int step) => Reverse ? steps - 1 - step : step;
                    double[] Row(int step) => Enumerable.Range(0, Cell.States).Select(s => step < 0 ? 0 : states[n, At(step), (s * hidden) + u]).ToArray();
                    double dh = dy[n, At(t), u];
                    // Through the weights of the next step.
                    if (t + 1 < steps) dh += Enumerable.Range(0, Cell.Gates * hidden).Sum(g => gradients[n, At(t + 1), g] * weight[u, g]);
                    var row = Cell.Backward(dh, ref carry[u], Row(t), Row(t - 1));
                    for (int g = 0; g < row.Length; g++) gradients[n, At(t), (g * hidden) + u] = row[g];
                }
        }
        return gradients;
    }

    public override KernelCall Kernel(Node y) => RecurrentStates.Call(Cell, "Backward", y.Shape, y.Inputs[1].Shape[0], Reverse);
}
