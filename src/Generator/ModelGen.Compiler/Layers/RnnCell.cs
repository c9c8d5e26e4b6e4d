namespace ModelGen.Compiler.Layers;

/// <summary>One step of <see cref="Rnn"/>: h = tanh(W x + b + W' h' + b').</summary>
internal sealed class RnnCell() : RecurrentCellLayer(gates: 1)
{
    public static readonly RnnCell Definition = new() { PyTorch = "torch.nn.RNNCell" };

    public override string Name => "RnnCell";

    public override string Summary =>
        "One step of the simple recurrent layer (Elman 1990), h = tanh(W x + b + W' h' + b'): x [N, features] and the hidden state [N, hidden] → the next hidden state. For loops that a model writes itself.";

    public override IReadOnlyList<LayerInput> Inputs => ["x", "hiddenState"];

    public override Node Forward(LayerCall layer)
    {
        var (ofInput, ofHidden) = Parts(layer);
        return Tanh.Of(ofInput + ofHidden);
    }
}
