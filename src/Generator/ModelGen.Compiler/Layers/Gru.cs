namespace ModelGen.Compiler.Layers;

/// <summary>Gated recurrent unit (Cho et al. 2014), gates in the order r, z, n: r, z = σ(·), n = tanh(· + r (W h' + b)), h = (1 - z) n + z h'.</summary>
internal sealed class Gru() : RecurrentLayer(Ops.GruCell.Instance)
{
    public static readonly Gru Definition = new() { PyTorch = "torch.nn.GRU, batch_first=True" };

    public override string Name => "Gru";

    public override string Summary =>
        "Gated recurrent unit (Cho et al. 2014), gates in the order r, z, n: r, z = σ(·), n = tanh(· + r (W h' + b)), h = (1 - z) n + z h'. Sequences [N, T, features] → the hidden state of every step [N, T, hidden]; the last one is .Select(1, -1). The states before the first step are zero; ForwardWithState takes and gives them. With lengths [N], each at most T, sequences end there and what is behind gives zero.";
}
