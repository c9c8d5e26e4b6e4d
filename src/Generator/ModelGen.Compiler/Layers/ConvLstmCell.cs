namespace ModelGen.Compiler.Layers;

/// <summary>One step of a convolutional long short-term memory: i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c), with gates x ∗ W + h' ∗ W' + b   (X. Shi et al. 2015, without peepholes).</summary>
internal sealed class ConvLstmCell : LayerDefinition
{
    public static readonly ConvLstmCell Definition = new();

    public override string Name => "ConvLstmCell";

    public override string Summary =>
        "One step of a convolutional long short-term memory (Shi et al. 2015, without peepholes), gates in the order i, f, g, o: x [N, C, H, W], hidden and cell state [N, hidden, H, W] → the next hidden and " +
        "cell state. The gates are convolutions that keep height and width, input.weight, input.bias and hidden.weight. For loops over the steps of a video: foreach (var image in video.Steps(1)).";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
        [SurfaceParameter.Int("hidden", "channels of the hidden state"), SurfaceParameter.Int("kernelSize", "height and width of the kernels, an odd number")];

    public override IReadOnlyList<SurfaceParameter> Properties => Conv3d.Definition.Properties;

    public override IReadOnlyList<LayerInput> Inputs => ["x", "hiddenState", "cellState"];
    public override IReadOnlyList<string> Results => ["Hidden", "Cell"];

    public override Node Forward(LayerCall layer) => ForwardAll(layer)[0];

    public override IReadOnlyList<Node> ForwardAll(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        var x = layer.X;
        int hidden = layer.Positive("hidden"), kernel = layer.Positive("kernelSize");
        if (kernel % 2 == 0) throw new ModelException(Rules.Argument, $"{layer.Display} needs an odd 'kernelSize', so that height and width stay, but it is {kernel}.") { Argument = "kernelSize", Repair = Repair.Set("kernelSize", kernel + 1) };
        var expected = x.Shape.With(1, hidden);
        for (int i = 1; i < Inputs.Count; i++)
            if (layer.Input(i).Shape != expected) throw new ModelException(Rules.SameShape,
                $"{layer.Display} takes a state '{Inputs[i].Name}' of {expected} with an input {x.Shape}, but was given {layer.Input(i).Shape}.");

        Dictionary<string, object?> Same(bool bias, object? inputs) => new() { ["outChannels"] = (Dim)(4 * hidden), ["kernelSize"] = (Dim)kernel, ["padding"] = (Dim)(kernel / 2), ["Bias"] = bias, ["InChannels"] = inputs };
        var gates = layer.Part(Conv2d.Definition, "input", Same(layer.Arguments.Bool("Bias"), layer.Arguments.OptionalInt("InChannels") is int channels ? (Dim)channels : null), x)
            + layer.Part(Conv2d.Definition, "hidden", Same(false, null), layer.Input(1));
        Node Gate(int index) => Slice.Of(gates, 1, hidden * index, hidden);
        Node input = Sigmoid.Of(Gate(0)), forget = Sigmoid.Of(Gate(1)), candidate = Tanh.Of(Gate(2)), output = Sigmoid.Of(Gate(3));
        var cell = (forget * layer.Input(2)) + (input * candidate);
        return [output * Tanh.Of(cell), cell];
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 2, 3, 4], [2, 3, 3, 4], [2, 3, 3, 4]) { Arguments = { ["hidden"] = 3, ["kernelSize"] = 3 } },
        new([1, 3, 2, 2], [1, 1, 2, 2], [1, 1, 2, 2]) { Arguments = { ["hidden"] = 1, ["kernelSize"] = 1, ["Bias"] = false, ["InChannels"] = 3 } },
    ];
}
