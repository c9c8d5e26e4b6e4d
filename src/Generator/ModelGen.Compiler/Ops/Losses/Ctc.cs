using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = -ln Σ Π p[t, path(t)], the sum over all paths of T symbols that become the target when equal neighbours are joined and blanks are left out (A. Graves et al., "Connectionist
/// Temporal Classification", 2006): log-probabilities [N, T, C], targets [N, S] (ended by -1 where they are shorter) and perhaps lengths [N] in 0..T → [N].
/// </summary>
/// <param name="blank">The class that stands for no symbol.</param>
/// <param name="perSymbol">Whether each loss is divided by the number of symbols of its target, at least 1.</param>
/// <param name="zeroInfinity">Whether a target that is too long to be written costs nothing, instead of infinitely much.</param>
internal sealed class Ctc(int blank, bool perSymbol, bool zeroInfinity) : KernelOp
{
    /// <summary>What stands behind the last symbol of a target.</summary>
    internal const int End = -1;

    public static readonly TensorMethod Method = new()
    {
        Name = "Ctc",
        Summary = "Connectionist temporal classification (A. Graves et al. 2006): the cost of reading a target off a sequence of logits, whatever the alignment. Logits [N, T, C] and targets [N, S] of classes, those that are shorter ended by -1 → the mean of -ln p / (symbols of the target).",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits, [N, T, C]"), SurfaceParameter.IntTensor("target", "the symbols, [N, S]: classes other than the blank, and -1 behind the last one"),
            SurfaceParameter.Int("blank", "the class that stands for no symbol", 0),
            SurfaceParameter.Bool("zeroInfinity", "whether a target that is too long for its sequence costs nothing; else the loss is infinite", false), SurfaceParameter.Reduction(),
        ],
        Build = call => Of(call, length: null),
        Samples =
        [
            new Sample([3, 7, 5], [3, 2]) { Classes = 4 }.With("blank", 4),
            new Sample([2, 6, 4], [2, 3]) { Classes = 3 }.With("blank", 3).With("zeroInfinity", true).With("reduction", (int)LossReduction.None),
            new Sample([4, 5, 3], [4, 1]) { Classes = 2 }.With("blank", 2).With("reduction", (int)LossReduction.Sum),
        ],
        PyTorch = "torch.nn.functional.ctc_loss",
    };

    public static readonly TensorMethod WithLengths = new()
    {
        Name = "Ctc",
        Summary = "Connectionist temporal classification of sequences of different lengths: of each, only so many steps count.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits, [N, T, C]"), SurfaceParameter.IntTensor("target", "the symbols, [N, S]: classes other than the blank, and -1 behind the last one"),
            SurfaceParameter.IntTensor("length", "how many steps of each sequence count, [N], in 0..T"), SurfaceParameter.Int("blank", "the class that stands for no symbol", 0),
            SurfaceParameter.Bool("zeroInfinity", "whether a target that is too long for its sequence costs nothing; else the loss is infinite", false), SurfaceParameter.Reduction(),
        ],
        Build = call => Of(call, call.Tensor("length")),
        Samples =
        [
            new Sample([5, 6, 5], [5, 1], [5]) { Classes = 4 }.With("blank", 4).With("zeroInfinity", true).With("reduction", (int)LossReduction.None),
            new Sample([6, 5, 6], [6, 2], [6]) { Classes = 5 }.With("blank", 5).With("zeroInfinity", true),
        ],
        PyTorch = "torch.nn.functional.ctc_loss",
    };

    public int Blank { get; } = blank;
    public bool PerSymbol { get; } = perSymbol;
    public bool ZeroInfinity { get; } = zeroInfinity;
    public override string Name => "ctc";
    public override string Attributes => $"blank={Blank}{(PerSymbol ? " perSymbol" : "")}{(ZeroInfinity ? " zeroInfinity" : "")}";

    static Node Of(Call call, Node? length)
    {
        Node x = call.Tensor("x"), target = call.Tensor("target");
        if (!x.DType.IsFloat() || target.DType != DType.Int32 || length is { DType: not DType.Int32 }) throw new ModelException(Rules.ElementType,
            $"'{call.Method}' needs floating-point logits and integer targets, but was given {x.Type} and {target.Type}.");
        if (x.Shape.Rank != 3) throw new ModelException(Rules.Rank, $"'{call.Method}' takes logits [N, T, C] with 3 axes, but was given {x.Shape}, which has {x.Shape.Rank}.");
        if (target.Shape.Rank != 2 || target.Shape[0] != x.Shape[0]) throw new ModelException(Rules.Labels,
            $"'{call.Method}' was given logits {x.Shape} and targets {target.Shape}: the targets must be [{x.Shape[0]}, S].") { Argument = "target" };
        if (length is not null && length.Shape != new Shape(x.Shape[0])) throw new ModelException(Rules.Labels,
            $"'{call.Method}' was given logits {x.Shape} and lengths {length.Shape}: there must be one length for each sequence, [{x.Shape[0]}].") { Argument = "length" };
        int blank = call.Int("blank");
        if (blank < 0 || (x.Shape[2].IsConstant && blank >= x.Shape[2].Value)) throw new ModelException(Rules.Argument,
            $"'{call.Method}' needs a 'blank' among the {x.Shape[2]} classes, but it is {blank}.") { Argument = "blank", Repair = Repair.Set("blank", 0) };
        var op = new Ctc(blank, perSymbol: call.Reduction == LossReduction.Mean, call.Bool("zeroInfinity"));
        var logarithms = LogSoftmax.Of(x, 2);
        return ReducedLoss.Of(length is null ? x.Graph.Add(op, logarithms, target) : x.Graph.Add(op, logarithms, target, length), call.Reduction);
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(inputs[0].Shape[0]));

    public override IEnumerable<(int Input, Dim Bound, int? Ignored)> IndexBounds(Node y)
    {
        var x = y.Inputs[0].Shape;
        yield return (1, x[2], End);
        if (y.Inputs.Count > 2) yield return (2, x[1] + 1, null);
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    // dL/d(ln p[t, c]) is minus the probability that a path of the target is at c in step t.
    public override void Backward(Vjp vjp)
    {
        var posterior = vjp.Graph.Add(new CtcPosterior(Blank, PerSymbol, ZeroInfinity), Enumerable.Range(0, vjp.InputCount).Select(vjp.Input).ToArray());
        vjp.Add(0, -posterior * Reshape.Of(vjp.Dy, new Shape([vjp.X.Shape[0], Dim.One, Dim.One])));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        for (int n = 0; n < y.Length; n++)
        {
            var (symbols, steps, p) = Sequence(call, n, Blank);
            double total = Paths(symbols, steps, p, Blank).Forward.LastOrDefault() is { } last ? last[last.Length - 1] + (last.Length > 1 ? last[last.Length - 2] : 0) : symbols.Length == 1 ? 1 : 0;
            y.Data[n] = total > 0 ? -Math.Log(total) / (PerSymbol ? Math.Max(1, symbols.Length / 2) : 1) : ZeroInfinity ? 0 : double.PositiveInfinity;
        }
        return y;
    }

    /// <summary>One example: the target with blanks around each symbol, the number of steps, and the probabilities.</summary>
    internal static (int[] Symbols, int Steps, Func<int, int, double> P) Sequence(ReferenceCall call, int n, int blank)
    {
        NdArray x = call[0], target = call[1];
        RequireTarget(target, n, blank);
        var symbols = new List<int> { blank };
        for (int s = 0; s < target.Shape[1] && target[n, s] != End; s++)
        {
            symbols.Add((int)target[n, s]);
            symbols.Add(blank);
        }
        return (symbols.ToArray(), call.Inputs.Count > 2 ? (int)call[2].Data[n] : x.Shape[1], (t, c) => Math.Exp(x[n, t, c]));
    }

    // No range of labels says it: the blank may lie among the classes, and the end anywhere.
    static void RequireTarget(NdArray target, int n, int blank)
    {
        int end = target.Shape[1];
        for (int s = 0; s < target.Shape[1]; s++)
        {
            int symbol = (int)target[n, s];
            if (symbol == End) end = Math.Min(end, s);
            else if (symbol == blank || s > end) throw new InvalidOperationException(string.Format(CultureInfo.InvariantCulture, symbol == blank
                ? "Target {0} of 'Ctc' has the blank, {1}, at index {2}; a target is made of the other classes, and 'blank' says which class stands for no symbol."
                : "Target {0} of 'Ctc' has {1} at index {2}, behind the -1 at index {3}; -1 stands behind the last symbol only.", n, symbol, s, end));
        }
    }

    /// <summary>
    /// At each step and place of the target the total probability of the ways that have led there (Forward, this step included) and of those that lead on from there to the end
    /// (Backward, this step left out).
    /// </summary>
    internal static (double[][] Forward, double[][] Backward) Paths(int[] symbols, int steps, Func<int, int, double> p, int blank)
    {
        int length = symbols.Length;
        double[][] forward = new double[steps][], backward = new double[steps][];
        for (int t = 0; t < steps; t++)
        {
            forward[t] = new double[length];
            for (int s = 0; s < length; s++)
            {
                double ways = t == 0 ? (s < 2 ? 1 : 0) : forward[t - 1][s] + (s > 0 ? forward[t - 1][s - 1] : 0) + (Skips(s) ? forward[t - 1][s - 2] : 0);
                forward[t][s] = ways * p(t, symbols[s]);
            }
        }
        for (int t = steps - 1; t >= 0; t--)
        {
            backward[t] = new double[length];
            for (int s = 0; s < length; s++)
                backward[t][s] = t == steps - 1 ? (s >= length - 2 ? 1 : 0) : On(s) + (s + 1 < length ? On(s + 1) : 0) + (s + 2 < length && Skips(s + 2) ? On(s + 2) : 0);

            double On(int s) => backward[t + 1][s] * p(t + 1, symbols[s]);
        }
        return (forward, backward);

        // From a symbol to another one, past the blank between them.
        bool Skips(int s) => s > 1 && symbols[s] != blank && symbols[s] != symbols[s - 2];
    }

    public override KernelCall Kernel(Node y) => Call("Ctc.Loss", "Ctc", y.Inputs, Blank, PerSymbol, ZeroInfinity);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string label, IReadOnlyList<Node> inputs, int blank, bool perSymbol, bool zeroInfinity) => new()
    {
        Method = method,
        Label = label,
        ShapeType = "CtcShape",
        Shape =
        [
            ("Batch", inputs[0].Shape[0]), ("Steps", inputs[0].Shape[1]), ("Classes", inputs[0].Shape[2]), ("Symbols", inputs[1].Shape[1]), ("Blank", blank),
            ("PerSymbol", perSymbol ? 1 : 0), ("ZeroInfinity", zeroInfinity ? 1 : 0),
        ],
        MultiplyAdds = inputs[0].Shape[0] * inputs[0].Shape[1] * (inputs[1].Shape[1] * 2 + 1) * 40,   // logarithms and exponentials
    };
}
