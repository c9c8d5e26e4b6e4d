using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Lowering;

/// <summary>
/// Forward for sequences that come piece by piece: what its loops over time carry comes in and goes out. Given one piece after another it computes what Forward computes
/// of the whole.
/// </summary>
internal sealed class StreamForm
{
    StreamForm(Graph graph, FunctionSpec function, IReadOnlyList<Carried> states) => (Graph, Function, States) = (graph, function, states);

    /// <param name="Input">The name of the input that brings the value.</param>
    /// <param name="Output">The name of the output that takes the next one away.</param>
    /// <param name="Shape">Its shape.</param>
    /// <param name="First">The number that it is filled with before the first step.</param>
    public sealed record Carried(string Input, string Output, Shape Shape, double First);

    public Graph Graph { get; }

    /// <summary>Forward with the states as further inputs and outputs, the last ones.</summary>
    public FunctionSpec Function { get; }
    public IReadOnlyList<Carried> States { get; }

    /// <summary>The form of a function, or null when it has no loop over time, or when a result depends on steps to come or on how many there are.</summary>
    /// <param name="function">Forward.</param>
    /// <param name="forward">Its graph in inference form, before the passes.</param>
    public static StreamForm? Of(FunctionSpec function, Graph forward)
    {
        if (Time(function, forward) is not { } time) return null;
        var taken = new HashSet<string>(function.Inputs.Select(i => i.Name).Concat(function.OutputNames), StringComparer.Ordinal);
        var states = new List<Carried>();
        var nexts = new List<(Node Loop, int Result)>();
        bool isPossible = true;
        var graph = forward.Rewrite((target, node, inputs) =>
        {
            // Loops over something else than time are as they were.
            if (node.Op is Recurrent recurrent && inputs[0].Shape[1] == time)
            {
                if (recurrent.Reverse || recurrent.Given.HasFlag(RecurrentInputs.Lengths) || recurrent.Keep) return Impossible();
                int required = recurrent.Cell.HasBias ? 3 : 2;
                double? first = recurrent.Given.HasFlag(RecurrentInputs.Initial) ? Filling(inputs[required]) : 0;
                if (first is not double value) return Impossible();
                var state = State(target, new Shape(inputs[0].Shape[0], inputs[1].Shape[0] * recurrent.Cell.Carried), node.DType, value);
                var loop = Recurrent.Of(inputs[0], inputs[1], recurrent.Cell.HasBias ? inputs[2] : null, state, null, recurrent.Cell, keep: false, reverse: false);
                nexts.Add((loop, 1));
                return loop;
            }
            if (node.Op is Scan scan && inputs[0].Shape[0] == time)
            {
                if (scan.Reverse) return Impossible();
                for (int c = 0; c < scan.Carries; c++)
                {
                    if (Filling(inputs[scan.Sequences + c]) is not double first) return Impossible();
                    inputs[scan.Sequences + c] = State(target, inputs[scan.Sequences + c].Shape, inputs[scan.Sequences + c].DType, first);
                }
                var loop = target.Add(scan, inputs);
                for (int c = 0; c < scan.Carries; c++) nexts.Add((loop, c));
                return loop;
            }
            return null;

            Node? Impossible()
            {
                isPossible = false;
                return null;
            }
        });
        if (!isPossible || states.Count == 0 || states.Any(s => s.Shape.Any(d => d.Symbols.Any(time.Symbols.Contains)))) return null;
        for (int i = 0; i < states.Count; i++) graph.Outputs.Add((states[i].Output, MultiResultOp.Part(nexts[i].Loop, nexts[i].Result)));
        if (!new StreamFlow(time.Symbols.Single()).Holds(Pipeline.Run(graph))) return null;
        return new StreamForm(graph, function with
        {
            Name = "Stream",
            Inputs = new([.. function.Inputs, .. states.Select(s => new InputSpec(s.Input, graph.Precision, s.Shape))]),
            OutputNames = new([.. function.OutputNames, .. states.Select(s => s.Output)]),
        }, states);

        Node State(Graph target, Shape shape, DType type, double first)
        {
            string number = (states.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var state = new Carried(Free("carried" + number), Free("next" + number), shape, first);
            states.Add(state);
            return target.Add(new InputLeaf(state.Input, new TensorType(type, shape)));
        }

        string Free(string name)
        {
            while (!taken.Add(name)) name += "_";
            return name;
        }
    }

    // The symbol that the loops run over: not the first one, which is the batch.
    static Dim? Time(FunctionSpec function, Graph forward)
    {
        var batch = function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).FirstOrDefault();
        foreach (var node in forward.Live())
        {
            var steps = node.Op switch { Recurrent => node.Inputs[0].Shape[1], Scan => node.Inputs[0].Shape[0], _ => null };
            if (steps is { IsConstant: false } && steps.Symbols.Count() == 1 && steps == Dim.Symbol(steps.Symbols.First()) && (steps.Symbols.First() != batch || function.Inputs.Any(i => i.Shape.Rank > 0 && i.Shape[0] == steps)))
                return steps;
        }
        return null;
    }

    // The one number that all elements are.
    static double? Filling(Node x) => x.Op switch
    {
        ConstantLeaf constant => constant.Value,
        BroadcastTo or Reshape or Slice or Permute => Filling(x.Inputs[0]),
        Concat => x.Inputs.Select(Filling).Distinct().ToArray() is [double same] ? same : null,
        _ => null,
    };
}
