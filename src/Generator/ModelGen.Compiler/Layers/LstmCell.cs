namespace ModelGen.Compiler.Layers;

/// <summary>One step of <see cref="Lstm"/>: i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c).</summary>
internal sealed class LstmCell() : RecurrentCellLayer(gates: 4)
{
    public static readonly LstmCell Definition = new() { PyTorch = "torch.nn.LSTMCell" };

    public override string Name => "LstmCell";

    public override string Summary =>
        "One step of long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order i, f, g, o: x [N, features], hidden and cell state [N, hidden] → the next hidden and cell state. For loops that a model writes itself.";

    public override IReadOnlyList<LayerInput> Inputs => ["x", "hiddenState", "cellState"];
    public override IReadOnlyList<string> Results => ["Hidden", "Cell"];

    public override Node Forward(LayerCall layer) => ForwardAll(layer)[0];

    public override IReadOnlyList<Node> ForwardAll(LayerCall layer)
    {
        var (ofInput, ofHidden) = Parts(layer);
        Dim hidden = layer.Positive("hidden");
        var gates = ofInput + ofHidden;
        Node i = Sigmoid.Of(Gate(gates, 0, hidden)), f = Sigmoid.Of(Gate(gates, 1, hidden)), g = Tanh.Of(Gate(gates, 2, hidden)), o = Sigmoid.Of(Gate(gates, 3, hidden));
        var c = (f * layer.Input(2)) + (i * g);
        return [o * Tanh.Of(c), c];
    }
}
