namespace ModelGen.Compiler.Ops;

/// <summary>
/// The gradient of <see cref="Ctc"/>, with its sign changed: at each step and class the probability that a path of the target is there, [N, T, C]; divided by the
/// number of symbols as the loss is, and 0 behind the end of a sequence and where the loss is infinite.
/// </summary>
internal sealed class CtcPosterior(int blank, bool perSymbol, bool zeroInfinity) : KernelOp
{
    public override string Name => "ctc_posterior";
    public override string Attributes => $"blank={blank}{(perSymbol ? " perSymbol" : "")}{(zeroInfinity ? " zeroInfinity" : "")}";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp) => throw new ModelException(Rules.NotDifferentiable,
        "A second derivative through 'Ctc' is not available.");

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        for (int n = 0; n < y.Shape[0]; n++)
        {
            var (symbols, steps, p) = Ctc.Sequence(call, n, blank);
            var (forward, backward) = Ctc.Paths(symbols, steps, p, blank);
            for (int t = 0; t < steps; t++)
            {
                var joint = symbols.Select((_, s) => forward[t][s] * backward[t][s]).ToArray();
                double total = joint.Sum() * (perSymbol ? Math.Max(1, symbols.Length / 2) : 1);
                for (int s = 0; s < symbols.Length && total > 0; s++) y[n, t, symbols[s]] += joint[s] / total;
            }
        }
        return y;
    }

    public override KernelCall Kernel(Node y) => Ctc.Call("Ctc.Posterior", "CtcPosterior", y.Inputs, blank, perSymbol, zeroInfinity);
}
