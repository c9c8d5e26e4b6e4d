namespace ModelGen.Compiler.Ir;

/// <summary>
/// An operation with its attributes: immutable, and identical to another of equal <see cref="Identity"/>. Everything about an op
/// stands in its own file, in this order: formula, shape rule, forward meaning, gradient rule, reference, samples. The families
/// below (<see cref="ElementwiseOp"/>, <see cref="ReductionOp"/>, <see cref="MovementOp"/>, <see cref="CompositeOp"/>,
/// <see cref="KernelOp"/>) say how it is computed.
/// </summary>
internal abstract class Op
{
    string? identity;

    /// <summary>Lower-case, as the printed graph shows it.</summary>
    public abstract string Name { get; }

    /// <summary>The attributes as canonical text, e.g. <c>axes=1,2 keep</c>; empty without attributes.</summary>
    public virtual string Attributes => "";

    /// <summary>The shape rule. Breaking it is a <see cref="ModelException"/> with both shapes in its sentence.</summary>
    public abstract TensorType Infer(IReadOnlyList<TensorType> inputs);

    /// <summary>
    /// The gradient rule (vector-Jacobian product): add to <see cref="Vjp"/> what flows to each input. A piecewise constant or
    /// integer input gets nothing.
    /// </summary>
    public abstract void Backward(Vjp vjp);

    /// <summary>The meaning, in double precision, as plain as possible: the oracle of all tests and the eager mode.</summary>
    public abstract NdArray Reference(ReferenceCall call);

    /// <summary>
    /// The input whose (integer) elements must lie in [0, Bound), where there is one. Checked before a step runs.
    /// </summary>
    public virtual (int Input, Dim Bound)? IndexBound(Node y) => null;

    /// <summary>An index outside of that range which is allowed as well: a label that stands for "none".</summary>
    public virtual int? IgnoredIndex => null;

    /// <summary>All such inputs, where an op has several; each with its exclusive bound, and perhaps an index outside of it that is allowed.</summary>
    public virtual IEnumerable<(int Input, Dim Bound, int? Ignored)> IndexBounds(Node y) => IndexBound(y) is var (input, bound) ? [(input, bound, IgnoredIndex)] : [];

    /// <summary>Of an op whose result are integers: a number that all of them are below, none being negative; null when they may be anything.</summary>
    public virtual Dim? IndexLimit(Node y) => null;

    /// <summary>
    /// Where the positions of a sequence are in the result, when the op treats each by itself; else null. Asked only when some input has positions.
    /// </summary>
    public virtual TimeAxis? Follow(TimeFlow flow) => null;

    /// <summary>
    /// The same result for positions from <paramref name="position"/> on, of an op that makes <paramref name="length"/> positions out of what has none; null when
    /// it makes none, or cannot begin elsewhere.
    /// </summary>
    public virtual Node? StartingAt(Node y, Node[] inputs, Dim length, Dim position) => null;

    /// <summary>True for the inputs that are factors of a product, a convolution or an attention: mixed precision rounds them.</summary>
    public virtual bool IsFactor(int input) => false;

    /// <summary>Whether a gradient may be computed from a rounded value here: not where numbers are compared for being equal.</summary>
    public virtual bool ToleratesRounding(int input) => IsFactor(input);

    /// <summary>Of an op of one input: whether a larger element never gives a smaller one, and NaN gives NaN.</summary>
    public virtual bool IsNondecreasing => false;

    public string Identity => identity ??= Attributes is { Length: > 0 } attributes ? Name + " " + attributes : Name;
    public override string ToString() => Attributes.Length == 0 ? Name : $"{Name}[{Attributes}]";
}

/// <summary>The arguments of one reference evaluation: input values, and the result's shape with all symbols bound.</summary>
internal sealed class ReferenceCall(IReadOnlyList<NdArray> inputs, int[] resultShape, Func<Dim, long> size, Func<ulong, long, double> random, IReadOnlyList<TensorType>? types = null)
{
    public IReadOnlyList<NdArray> Inputs { get; } = inputs;
    public int[] ResultShape { get; } = resultShape;
    public NdArray this[int input] => Inputs[input];

    /// <summary>The types of the inputs, with their symbols.</summary>
    public IReadOnlyList<TensorType> Types { get; } = types ?? inputs.Select(i => new TensorType(DType.Float64, Shape.Of(i.Shape))).ToArray();

    public long Size(Dim dim) => size(dim);

    /// <summary>The uniform number in [0, 1) that a training step draws for one element of a random stream.</summary>
    public double Random(ulong stream, long element) => random(stream, element);
}

/// <summary>The arguments of a gradient rule: the node, the gradient of its result, and where the inputs' gradients go.</summary>
internal sealed class Vjp(Node node, Node dy, Action<int, Node> accumulate)
{
    public Graph Graph => node.Graph;

    /// <summary>The forward node itself: its value y, its op, its type.</summary>
    public Node Y => node;

    /// <summary>dL/dy, of y's shape.</summary>
    public Node Dy => dy;

    public Node Input(int i) => node.Inputs[i];
    public Node X => node.Inputs[0];
    public int InputCount => node.Inputs.Count;

    /// <summary>Adds <paramref name="gradient"/>, of the input's shape, to dL/dinput.</summary>
    public void Add(int input, Node gradient) => accumulate(input, gradient);

    /// <summary>The same for an input that was broadcast: sums over the repeated axes first.</summary>
    public void AddBroadcast(int input, Node gradient) => accumulate(input, Ops.Sum.To(gradient, node.Inputs[input].Shape));
}
