using System.Globalization;

namespace ModelGen.Compiler.Layers;

/// <summary>
/// What the recurrent layers share. All steps' inputs go through their weights in one product, then one kernel loops over time. Parameters have
/// PyTorch's names, order of gates and first values, U(-1/√H, 1/√H).
/// </summary>
internal abstract class RecurrentLayer(RecurrentCell cell) : LayerDefinition
{
    static readonly string[] stateNames = ["hiddenState", "cellState"];

    /// <summary>The names of the carried states: of the hidden one and, for an LSTM, of the cell's.</summary>
    IEnumerable<string> States => stateNames.Take(cell.Carried);

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("hidden", "size of the hidden state")];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Int("Layers", "how many layers stand one upon another", 1),
        SurfaceParameter.Bool("Bidirectional", "whether a second one reads each sequence from its end; the result is then [N, T, 2 · hidden]", false),
        SurfaceParameter.Bool("Bias", "whether the gates have biases", true),
        SurfaceParameter.OptionalInt("InFeatures", "size of the input's last axis, to be checked; inferred when not given"),
    ];

    public override IReadOnlyList<LayerInput> Inputs => ["x", new("lengths", IsIndex: true, IsOptional: true)];

    public override IReadOnlyList<LayerMethod> Methods =>
    [
        new("ForwardWithState",
            $"The hidden states of every step, and the {(cell.Carried > 1 ? "hidden and cell states" : "hidden state")} after the last one, each [layers · directions, N, hidden] " +
            "in PyTorch's order. Steps begin with the states that are given, else with zeros. With lengths [N], each at most T, a sequence ends there: " +
            "steps behind it give zero and leave the states as they are, as with PyTorch's packed sequences.",
            ["x", .. States.Select(s => new LayerInput(s, IsOptional: true)), new("lengths", IsIndex: true, IsOptional: true)],
            layer => Run(layer, States.Select((_, i) => layer.Optional(1 + i)).ToArray(), layer.Optional(1 + cell.Carried)))
        {
            Results = ["Output", .. new[] { "Hidden", "Cell" }.Take(cell.Carried)],
        },
    ];

    public override Node Forward(LayerCall layer) => Run(layer, new Node?[cell.Carried], layer.Optional(1))[0];

    // The hidden states of all steps, then the carried states after the last.
    Node[] Run(LayerCall layer, Node?[] states, Node? lengths)
    {
        var x = layer.X;
        if (x.Shape.Rank is not (2 or 3)) throw new ModelException(Rules.Rank,
            $"{layer.Display} takes sequences [N, T, features] or one sequence [T, features], but was given {x.Shape}, which has {x.Shape.Rank} axes.");
        layer.Features(x.Shape[x.Shape.Rank - 1], "InFeatures", "inputs");
        int layers = layer.Positive("Layers"), hidden = layer.Positive("hidden"), directions = layer.Arguments.Bool("Bidirectional") ? 2 : 1;
        bool isBatch = x.Shape.Rank == 3;
        var batch = isBatch ? x.Shape[0] : Dim.One;
        var y = isBatch ? x : Ops.Reshape.Of(x, new Shape(x.Shape.Prepend(Dim.One)));
        Dim count = layers * directions;
        var stateShape = isBatch ? new Shape(count, batch, hidden) : new Shape(count, hidden);
        for (int i = 0; i < states.Length; i++) Require(layer, stateNames[i], states[i], stateShape);
        if (states.Any(s => s is null) && states.Any(s => s is not null)) throw new ModelException(Rules.Argument,
            $"{layer.Display} begins with a hidden and a cell state, but was given one of them; give both or none.");
        if (lengths is not null && (lengths.DType != DType.Int32 || lengths.Shape != new Shape(batch) || !isBatch)) throw new ModelException(Rules.SameShape,
            $"{layer.Display} takes the lengths of its sequences as integers [{(isBatch ? batch : "N")}], but they are {lengths.Type} for sequences {x.Shape}.");

        var lasts = new List<Node>();
        for (int i = 0; i < layers; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            var ways = new List<Node>();
            for (int d = 0; d < directions; d++)
            {
                var loop = OneDirection(layer, y, Initial(states, lasts.Count, batch, hidden), lengths, d == 0 ? number : number + "_reverse", reverse: d > 0);
                ways.Add(MultiResultOp.Part(loop, 0));
                lasts.Add(MultiResultOp.Part(loop, 1));
            }
            y = Concat.Of(2, ways.ToArray());
        }
        if (!isBatch) y = Ops.Reshape.Of(y, new Shape(y.Shape.Skip(1)));
        var ends = Enumerable.Range(0, cell.Carried).Select(s => Concat.Of(0, lasts.Select(last => Part(last, s, hidden)).ToArray()));
        return [y, .. ends.Select(end => Ops.Reshape.Of(end, stateShape))];
    }

    // The carried states of one direction of one layer side by side: [N, carried · hidden].
    static Node? Initial(Node?[] states, int index, Dim batch, int hidden) => states[0] is null ? null
        : Concat.Of(1, states.Select(s => Ops.Reshape.Of(Slice.Of(s!, 0, index, Dim.One), new Shape(batch, hidden))).ToArray());

    static Node Part(Node last, int state, int hidden) =>
        Ops.Reshape.Of(Slice.Of(last, 1, state * hidden, hidden), new Shape(Dim.One, last.Shape[0], hidden));

    static void Require(LayerCall layer, string name, Node? state, Shape expected)
    {
        if (state is not null && state.Shape != expected) throw new ModelException(Rules.SameShape,
            $"{layer.Display} begins with a state '{name}' of {expected}, layers and directions first, but was given {state.Shape}.");
    }

    Node OneDirection(LayerCall layer, Node x, Node? initial, Node? lengths, string number, bool reverse)
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
        return Ops.Recurrent.Of(part, hiddenWeight, bias, initial, lengths, cell, keep: layer.Training, reverse);
    }

    public override IReadOnlyList<Sample> Samples
    {
        get
        {
            int carried = cell.Carried;
            int[][] With(int[] x, int[] state, params int[][] more) => [x, .. Enumerable.Repeat(state, carried), .. more];
            int[] Axes(int x, int state, params int[] more) => [x, .. Enumerable.Repeat(state, carried), .. more];
            return
            [
                new([2, 4, 3]) { Arguments = { ["hidden"] = 5 } },
                new([3, 3, 2]) { Arguments = { ["hidden"] = 17, ["InFeatures"] = 2 } },
                new([2, 3, 4]) { Arguments = { ["hidden"] = 4, ["Layers"] = 2, ["Bias"] = false } },
                new([2, 1, 3]) { Arguments = { ["hidden"] = 2 } },
                new([5, 3]) { Arguments = { ["hidden"] = 1 } },
                new([2, 4, 3]) { Arguments = { ["hidden"] = 3, ["Layers"] = 2, ["Bidirectional"] = true } },
                new([4, 5, 2], [4]) { Arguments = { ["hidden"] = 3, ["Layers"] = 2, ["Bidirectional"] = true }, LowestClass = 1, Classes = 6 },
                new([2, 3, 2]) { Method = "ForwardWithState", Arguments = { ["hidden"] = 3 } },
                new(With([3, 4, 2], [1, 3, 5])) { Method = "ForwardWithState", BatchAxes = Axes(0, 1), Arguments = { ["hidden"] = 5 } },
                new(With([4, 3], [2, 2])) { Method = "ForwardWithState", Arguments = { ["hidden"] = 2, ["Layers"] = 2 } },
                new(With([4, 5, 3], [4, 4, 2], [4])) { Method = "ForwardWithState", BatchAxes = Axes(0, 1, 0), Arguments = { ["hidden"] = 2, ["Layers"] = 2, ["Bidirectional"] = true }, LowestClass = 1, Classes = 6 },
            ];
        }
    }
}
