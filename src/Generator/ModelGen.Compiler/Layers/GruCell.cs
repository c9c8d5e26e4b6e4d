namespace ModelGen.Compiler.Layers;

/// <summary>One step of <see cref="Gru"/>: r, z = σ(·), n = tanh(· + r (W h' + b)), h = (1 - z) n + z h'.</summary>
internal sealed class GruCell() : RecurrentCellLayer(gates: 3)
{
    public static readonly GruCell Definition = new() { PyTorch = "torch.nn.GRUCell" };

    public override string Name => "GruCell";

    public override string Summary =>
        "One step of a gated recurrent unit (Cho et al. 2014), gates in the order r, z, n: x [N, features] and the hidden state [N, hidden] → the next hidden state. For loops that a model writes itself.";

    public override IReadOnlyList<LayerInput> Inputs => ["x", "hiddenState"];

    public override Node Forward(LayerCall layer)
    {
        var (ofInput, ofHidden) = Parts(layer);
        Dim hidden = layer.Positive("hidden");
        Node r = Sigmoid.Of(Gate(ofInput, 0, hidden) + Gate(ofHidden, 0, hidden)), z = Sigmoid.Of(Gate(ofInput, 1, hidden) + Gate(ofHidden, 1, hidden));
        var n = Tanh.Of(Gate(ofInput, 2, hidden) + (r * Gate(ofHidden, 2, hidden)));
        return n + (z * (layer.Input(1) - n));
    }
}
