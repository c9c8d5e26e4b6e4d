namespace ModelGen.Compiler.Layers;

/// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order i, f, g, o: i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c).</summary>
internal sealed class Lstm() : RecurrentLayer(Ops.LstmCell.Instance)
{
    public static readonly Lstm Definition = new() { PyTorch = "torch.nn.LSTM, batch_first=True" };

    public override string Name => "Lstm";

    public override string Summary =>
        "Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order i, f, g, o: i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c). Sequences [N, T, features] → the hidden state of every step [N, T, hidden]; the last one is .Select(1, -1). The states before the first step are zero; ForwardWithState takes and gives them. With lengths [N], each at most T, sequences end there and what is behind gives zero.";
}
