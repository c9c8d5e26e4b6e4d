namespace ModelGen.Compiler.Layers;

/// <summary>
/// What the recurrent layers share. All steps' inputs go through their weights in one product, then one kernel loops over time. Parameters have
/// PyTorch's names, order of gates and first values, U(-1/√H, 1/√H).
/// </summary>
internal abstract class RecurrentLayer(RecurrentCell cell) : LayerDefinition
{
    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("hidden", "size of the hidden state")];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Int("Layers", "how many layers stand one upon another", 1),
        SurfaceParameter.Bool("Bidirectional", "whether a second one reads each sequence from its end; the result is then [N, T, 2 · hidden]", false),
        SurfaceParameter.Bool("Bias", "whether the gates have biases", true),
        SurfaceParameter.OptionalInt("InFeatures", "size of the input's last axis, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank is not (2 or 3)) throw new ModelException(Rules.Rank,
            $"{layer.Display} takes sequences [N, T, features] or one sequence [T, features], but was given {x.Shape}, which has {x.Shape.Rank} axes.");
        layer.Features(x.Shape[x.Shape.Rank - 1], "InFeatures", "inputs");
        int layers = layer.Positive("Layers");
        bool isBatch = x.Shape.Rank == 3;
        var y = isBatch ? x : Ops.Reshape.Of(x, new Shape(x.Shape.Prepend(Dim.One)));
        for (int i = 0; i < layers; i++)
        {
            string number = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var forward = OneDirection(layer, y, number, reverse: false);
            y = layer.Arguments.Bool("Bidirectional") ? Concat.Of(2, forward, OneDirection(layer, y, number + "_reverse", reverse: true)) : forward;
        }
        return isBatch ? y : Ops.Reshape.Of(y, new Shape(y.Shape.Skip(1)));
    }

    Node OneDirection(LayerCall layer, Node x, string number, bool reverse)
    {
        int hidden = layer.Positive("hidden"), gates = cell.Gates * hidden, inputs = checked((int)x.Shape[2].Value);
        var initializer = Initializer.Uniform(1 / Math.Sqrt(hidden));
        Node OfInput(string name, int size) => layer.Parameter($"{name}_l{number}", Shape.Of(gates, size), initializer, storageAxes: [1, 0]);
        Node OfBias(string name) => layer.Parameter($"{name}_l{number}", Shape.Of(gates), initializer);

        Node inputWeight = OfInput("weight_ih", inputs), hiddenWeight = OfInput("weight_hh", hidden);
        var part = Ops.MatMul.Of(x, inputWeight);
        Node? bias = null;
        if (layer.Arguments.Bool("Bias"))
        {
            Node inputBias = OfBias("bias_ih"), hiddenBias = OfBias("bias_hh");
            part += inputBias;
            if (!cell.HasBias) part += hiddenBias;   // both end the product
            bias = hiddenBias;
        }
        if (!cell.HasBias) bias = null;
        else bias ??= BroadcastTo.Of(layer.Graph.Constant(0, x.DType), Shape.Of(gates));
        return Ops.Recurrent.Of(part, hiddenWeight, bias, cell, keep: layer.Training, reverse);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 4, 3]) { Arguments = { ["hidden"] = 5 } },
        new([3, 3, 2]) { Arguments = { ["hidden"] = 17, ["InFeatures"] = 2 } },
        new([2, 3, 4]) { Arguments = { ["hidden"] = 4, ["Layers"] = 2, ["Bias"] = false } },
        new([2, 1, 3]) { Arguments = { ["hidden"] = 2 } },
        new([5, 3]) { Arguments = { ["hidden"] = 1 } },
        new([2, 4, 3]) { Arguments = { ["hidden"] = 3, ["Layers"] = 2, ["Bidirectional"] = true } },
    ];
}
