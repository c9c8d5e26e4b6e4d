namespace ModelGen.Compiler.Ir;

/// <summary>
/// An op with several results, computed together. Its node stands for the memory of all of them, one behind another; each is a <see cref="Ops.Result"/>
/// node, a view of its part.
/// </summary>
internal abstract class MultiResultOp : KernelOp
{
    /// <summary>The type of each result. The shape rule stands here.</summary>
    public abstract IReadOnlyList<TensorType> Results(IReadOnlyList<TensorType> inputs);

    public sealed override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(Results(inputs)[0].DType, new Shape(Extent(inputs)));

    /// <summary>Where a result begins, in elements. By default one stands behind another.</summary>
    protected virtual Dim Place(IReadOnlyList<TensorType> inputs, int result) => Offset(Results(inputs), result);

    /// <summary>The elements of all results together.</summary>
    protected virtual Dim Extent(IReadOnlyList<TensorType> inputs)
    {
        var results = Results(inputs);
        return Offset(results, results.Count);
    }

    /// <summary>Where a result begins when one stands behind another, each at a multiple of 64 bytes.</summary>
    public static Dim Offset(IReadOnlyList<TensorType> results, int index) => results.Take(index).Aggregate(Dim.Zero, (end, result) => end + Aligned(result.Shape.Elements));

    protected static Dim Aligned(Dim elements) => elements.RoundCoefficients(Memory.ParameterArena.Alignment);

    /// <summary>One result of a node.</summary>
    public static Node Part(Node node, int index)
    {
        var (op, inputs) = ((MultiResultOp)node.Op, node.Inputs.Select(i => i.Type).ToArray());
        return node.Graph.Add(new Ops.Result(index, op.Place(inputs, index), op.Results(inputs)[index]), node);
    }

    /// <summary>The gradient rule; a result that nothing depends on has no gradient.</summary>
    public abstract void Backward(MultiVjp vjp);

    public sealed override void Backward(Vjp vjp) => throw new InvalidOperationException($"'{Name}' has several results: gradients come to each of them.");

    /// <summary>The values of all results, each at its place.</summary>
    protected NdArray Pack(ReferenceCall call, params NdArray[] results)
    {
        var all = new NdArray(call.ResultShape);
        for (int i = 0; i < results.Length; i++) results[i].Data.CopyTo(all.Data, checked((int)call.Size(Place(call.Types, i))));
        return all;
    }
}

/// <summary>The arguments of the gradient rule of an op with several results.</summary>
internal sealed class MultiVjp(Node node, IReadOnlyList<Node?> dy, Func<int, bool> needs, Action<int, Node> accumulate)
{
    public Graph Graph => node.Graph;

    /// <summary>The forward node itself.</summary>
    public Node Node => node;

    /// <summary>dL/dresult, or null where the loss does not depend on it.</summary>
    public Node? Dy(int result) => result < dy.Count ? dy[result] : null;

    /// <summary>Whether anybody asks for dL/dinput.</summary>
    public bool Needs(int input) => needs(input);

    public Node Input(int i) => node.Inputs[i];
    public int InputCount => node.Inputs.Count;

    /// <summary>
    /// Adds what flows to the inputs through a formula of other ops for the same results. Where one tensor is several inputs, all of its gradient goes to the first of them.
    /// </summary>
    /// <param name="results">The results by the formula, as nodes of the inputs.</param>
    public void AddPullback(IReadOnlyList<Node> results)
    {
        var given = results.Select((y, i) => (Y: y, Dy: Dy(i))).Where(r => r.Dy is not null).Select(r => (r.Y, r.Dy!)).ToArray();
        int[] inputs = Enumerable.Range(0, InputCount).Where(i => Input(i).DType.IsFloat() && needs(i)).GroupBy(Input).Select(g => g.First()).ToArray();
        var gradients = Autodiff.ReverseMode.Pullback(given, inputs.Select(Input).ToArray());
        for (int i = 0; i < inputs.Length; i++) accumulate(inputs[i], gradients[i]);
    }

    /// <summary>Adds <paramref name="gradient"/>, of the input's shape, to dL/dinput.</summary>
    public void Add(int input, Node gradient) => accumulate(input, gradient);
}
