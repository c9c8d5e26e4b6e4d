namespace ModelGen.Compiler.Layers;

/// <summary>The simple recurrent layer (Elman 1990): h = tanh(W x + b + W' h' + b').</summary>
internal sealed class Rnn() : RecurrentLayer(Ops.RnnCell.Instance)
{
    public static readonly Rnn Definition = new() { PyTorch = "torch.nn.RNN, batch_first=True" };

    public override string Name => "Rnn";

    public override string Summary =>
        "The simple recurrent layer (Elman 1990): h = tanh(W x + b + W' h' + b'). Sequences [N, T, features] → the hidden state of every step [N, T, hidden]; the last one is .Select(1, -1). The states before the first step are zero; ForwardWithState takes and gives them. With lengths [N], each at most T, sequences end there and what is behind gives zero.";
}
