namespace ModelGen.Compiler.Layers;

/// <summary>
/// What the layers of one recurrent step share: x [N, features] or [features] and states of [N, hidden] or [hidden] → the next states. For loops that a model writes
/// itself. Parameters have PyTorch's names, order of gates and first values, U(-1/√H, 1/√H).
/// </summary>
/// <param name="gates">Groups of H that the weights make.</param>
internal abstract class RecurrentCellLayer(int gates) : LayerDefinition
{
    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("hidden", "size of the hidden state")];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Bool("Bias", "whether the gates have biases", true),
        SurfaceParameter.OptionalInt("InFeatures", "size of the input's last axis, to be checked; inferred when not given"),
    ];

    /// <summary>What the input and the hidden state give to the gates, each [N, gates · H] with its bias.</summary>
    protected (Node OfInput, Node OfHidden) Parts(LayerCall layer)
    {
        Node x = layer.X, h = layer.Input(1);
        int hidden = layer.Positive("hidden");
        if (x.Shape.Rank is not (1 or 2)) throw new ModelException(Rules.Rank, $"{layer.Display} takes the input of one step, [N, features] or [features], but was given {x.Shape}, which has {x.Shape.Rank} axes.");
        int inputs = layer.Features(x.Shape[x.Shape.Rank - 1], "InFeatures", "inputs");
        var expected = x.Shape.With(x.Shape.Rank - 1, hidden);
        for (int i = 1; i < Inputs.Count; i++)
            if (layer.Input(i).Shape != expected) throw new ModelException(Rules.SameShape,
                $"{layer.Display} takes a state '{Inputs[i].Name}' of {expected} with an input {x.Shape}, but was given {layer.Input(i).Shape}.");
        var initializer = Initializer.Uniform(1 / Math.Sqrt(hidden));
        Node Product(Node of, string name, int size)
        {
            var weight = layer.Parameter("weight_" + name, Shape.Of(gates * hidden, size), initializer, storageAxes: [1, 0]);
            return Ops.MatMul.Of(of, weight);
        }
        Node ofInput = Product(x, "ih", inputs), ofHidden = Product(h, "hh", hidden);
        if (layer.Arguments.Bool("Bias"))
        {
            ofInput += layer.Parameter("bias_ih", Shape.Of(gates * hidden), initializer);
            ofHidden += layer.Parameter("bias_hh", Shape.Of(gates * hidden), initializer);
        }
        return (ofInput, ofHidden);
    }

    /// <summary>One group of H of the gates.</summary>
    protected static Node Gate(Node gates, int index, Dim hidden) => Slice.Of(gates, gates.Shape.Rank - 1, hidden * index, hidden);

    public override IReadOnlyList<Sample> Samples
    {
        get
        {
            int states = Inputs.Count - 1;
            int[][] With(int[] x, int[] state) => [x, .. Enumerable.Repeat(state, states)];
            return
            [
                new(With([3, 4], [3, 5])) { Arguments = { ["hidden"] = 5 } },
                new(With([2, 3], [2, 17])) { Arguments = { ["hidden"] = 17, ["Bias"] = false, ["InFeatures"] = 3 } },
                new(With([3], [2])) { Arguments = { ["hidden"] = 2 } },
            ];
        }
    }
}
