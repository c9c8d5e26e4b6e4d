namespace ModelGen.Compiler.Ops;

/// <summary>
/// A loop over the first axis of some tensors, with values that it carries from step to step: (h, y[t]) = body(x[t], h, w). The body is a graph of its own; the
/// program runs it once for each step. Inputs: the sequences [T, ...], the first values of the carries, and what is the same in every step. Results: the last values of
/// the carries; what each step gives, side by side [T, ...]; and, where they are kept for the way back, the carries as each step met them [T, ...].
/// </summary>
/// <remarks>The name and the idea are those of lax.scan in JAX. The gradient is another scan, which goes the other way and computes each step once more.</remarks>
internal sealed class Scan : MultiResultOp
{
    string? attributes;

    /// <param name="body">Its leaves are <see cref="ScanLeaf"/>s; its outputs are the next values of the carries, then what each step gives.</param>
    /// <param name="sequences">How many of the inputs are sequences; they come first.</param>
    /// <param name="carries">How many are carried; they come next.</param>
    /// <param name="keep">Whether the carries of all steps are kept.</param>
    /// <param name="reverse">Whether the steps go from the last element to the first.</param>
    public Scan(Graph body, int sequences, int carries, bool keep, bool reverse) => (Body, Sequences, Carries, Keep, Reverse) = (body, sequences, carries, keep, reverse);

    public Graph Body { get; }
    public int Sequences { get; }
    public int Carries { get; }
    public bool Keep { get; }
    public bool Reverse { get; }

    /// <summary>How many values each step gives.</summary>
    public int Stacked => Body.Outputs.Count - Carries;

    public override string Name => "scan";

    // The body as text: names do not matter.
    public override string Attributes => attributes ??= $"sequences={Sequences} carries={Carries}{(Keep ? " keep" : "")}{(Reverse ? " reverse" : "")} {{ {GraphPrinter.Print(Body, names: false).Replace("\n", "; ")}}}";

    public override string ToString() => $"scan[{Body.Outputs.Count} of {Body.Live().Count} nodes]";

    /// <summary>The same loop around another form of its body.</summary>
    public Scan With(Graph body) => new(body, Sequences, Carries, Keep, Reverse);

    /// <summary>The number of steps.</summary>
    public static Dim Steps(IReadOnlyList<TensorType> inputs) => inputs[0].Shape[0];

    public override IReadOnlyList<TensorType> Results(IReadOnlyList<TensorType> inputs)
    {
        for (int i = 1; i < Sequences; i++)
            if (inputs[i].Shape[0] != Steps(inputs)) throw new ModelException(Rules.SameShape, $"A loop over the steps of several tensors needs equally many of each, but they have {Steps(inputs)} and {inputs[i].Shape[0]}.");
        TensorType Each(TensorType one) => new(one.DType, new Shape(one.Shape.Prepend(Steps(inputs))));
        var carries = inputs.Skip(Sequences).Take(Carries).ToArray();
        return [.. carries, .. Body.Outputs.Skip(Carries).Select(o => Each(o.Value.Type)), .. Keep ? carries.Select(Each) : []];
    }

    // ---- memory: for each carry two rows that take turns, or one for each step and one more; then what the steps give.

    /// <summary>Rows of a carry: where it is kept, row t is met by the step that goes to t + 1; the last value ends up in row T, or in row 0 of a reversed or short memory.</summary>
    Dim Rows(IReadOnlyList<TensorType> inputs) => Keep ? Steps(inputs) + 1 : Dim.Of(2);

    IEnumerable<Dim> Blocks(IReadOnlyList<TensorType> inputs) =>
        inputs.Skip(Sequences).Take(Carries).Select(c => c.Shape.Elements * Rows(inputs)).Concat(Body.Outputs.Skip(Carries).Select(o => o.Value.Shape.Elements * Steps(inputs)));

    /// <summary>Where the rows of a carry begin, or those of what each step gives.</summary>
    public Dim Block(IReadOnlyList<TensorType> inputs, int output) => Blocks(inputs).Take(output).Aggregate(Dim.Zero, (end, size) => end + Aligned(size));

    protected override Dim Place(IReadOnlyList<TensorType> inputs, int result)
    {
        int outputs = Body.Outputs.Count, carry = result < Carries ? result : result - outputs;
        if (result >= Carries && result < outputs) return Block(inputs, result);
        var row = inputs[Sequences + carry].Shape.Elements;
        var first = Block(inputs, carry);
        if (result < Carries) return Keep && !Reverse ? first + (row * Steps(inputs)) : first;
        return Reverse ? first + row : first;
    }

    protected override Dim Extent(IReadOnlyList<TensorType> inputs) => Block(inputs, Body.Outputs.Count);

    // ---- meaning

    public override NdArray Reference(ReferenceCall call)
    {
        int steps = call[0].Shape[0], given = Sequences + Carries;
        var carries = call.Inputs.Skip(Sequences).Take(Carries).ToArray();
        var met = carries.Select(c => new NdArray([steps, .. c.Shape])).ToArray();
        var stacked = Body.Outputs.Skip(Carries).Select(o => new NdArray([steps, .. o.Value.Shape.Evaluate(s => call.Size(Dim.Symbol(s)))])).ToArray();
        var roots = Body.Outputs.Select(o => o.Value).ToArray();
        for (int step = 0; step < steps; step++)
        {
            int t = Reverse ? steps - 1 - step : step;
            for (int i = 0; i < Carries; i++) carries[i].Data.CopyTo(met[i].Data, t * carries[i].Length);
            var values = Interpreter.Evaluate(roots, leaf => leaf is not ScanLeaf { Index: var i } ? null
                : i < Sequences ? Row(call[i], t) : i < given ? carries[i - Sequences] : call[i], s => call.Size(Dim.Symbol(s)), round: false, call.Random);
            carries = values.Take(Carries).ToArray();
            for (int i = 0; i < stacked.Length; i++) values[Carries + i].Data.CopyTo(stacked[i].Data, t * values[Carries + i].Length);
        }
        return Pack(call, [.. carries, .. stacked, .. Keep ? met : []]);
    }

    static NdArray Row(NdArray x, int t)
    {
        var row = new NdArray(x.Shape.Skip(1).ToArray());
        Array.Copy(x.Data, t * row.Length, row.Data, 0, row.Length);
        return row;
    }

    // ---- gradient

    public override void Backward(MultiVjp vjp) => ScanGradient.Add(this, vjp);

    /// <summary>Printed as a loop of the program, not as a call: only the label and the cost are read.</summary>
    public override KernelCall Kernel(Node y)
    {
        var steps = Steps(y.Inputs.Select(i => i.Type).ToArray());
        return new KernelCall
        {
            Method = "",
            Label = $"{steps} steps",
            ShapeType = "",
            Shape = [],
            MultiplyAdds = steps * Body.Live().Where(n => n.Op is KernelOp).Aggregate(Dim.Zero, (sum, n) => sum + ((KernelOp)n.Op).Kernel(n).MultiplyAdds),
        };
    }
}
