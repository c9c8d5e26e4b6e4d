namespace ModelGen.Compiler.Ir;

/// <summary>y[i] = f(a[i], b[i], ...) with NumPy broadcasting. Fuses with its neighbours.</summary>
internal abstract class ElementwiseOp : Op
{
    /// <summary>The meaning, which every back end renders.</summary>
    public abstract Scalar Forward(IReadOnlyList<Scalar> x);

    /// <summary>What one element costs with so many inputs, in units of <see cref="Intrinsic.Cost"/>.</summary>
    public int Cost(int inputs) => Forward(Enumerable.Range(0, inputs).Select(i => (Scalar)new Scalar.Operand(i)).ToArray()).Cost;

    /// <summary>True when <see cref="Forward"/> reads <see cref="Scalar.Coordinate"/>: then the last axis must stay the last.</summary>
    public virtual bool UsesCoordinate => false;

    public override bool ToleratesRounding(int input) => !Forward(Enumerable.Range(0, input + 8).Select(i => (Scalar)new Scalar.Operand(i)).ToArray()).Contains(Intrinsic.Equal);

    /// <summary>The op as the user writes it, for messages.</summary>
    public virtual string Spelling => Name;

    // What reads the coordinate of the last axis may not have the positions there.
    public override TimeAxis? Follow(TimeFlow flow) => flow.Broadcast() is { } time && !(UsesCoordinate && time.Axis == flow.Y.Shape.Rank - 1) ? time : null;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var shape = inputs[0].Shape;
        foreach (var input in inputs.Skip(1)) shape = Broadcasting.Combine(Spelling, shape, input.Shape);
        var type = inputs[0].DType;
        foreach (var input in inputs)
            if (input.DType != type || !type.IsFloat()) throw new ModelException(Rules.ElementType,
                $"'{Spelling}' needs floating-point tensors of one element type, but was given {string.Join(" and ", inputs)}.");
        return new TensorType(type, shape);
    }

    /// <summary>The formula on numbers, written independently of <see cref="Forward"/>: tests hold one against the other.</summary>
    /// <param name="x">The operands at one element.</param>
    /// <param name="coordinate">The element's coordinate along the last axis of the result.</param>
    public abstract double Reference(IReadOnlyList<double> x, int coordinate);

    public sealed override NdArray Reference(ReferenceCall call)
    {
        var result = new NdArray(call.ResultShape);
        var x = new double[call.Inputs.Count];
        int n = 0;
        foreach (var index in result.Indices())
        {
            for (int i = 0; i < x.Length; i++) x[i] = call[i].Broadcast(index);
            result.Data[n++] = Reference(x, index.Length == 0 ? 0 : index[index.Length - 1]);
        }
        return result;
    }
}

/// <summary>An elementwise op of one input, the common case.</summary>
internal abstract class UnaryOp : ElementwiseOp
{
    public abstract Scalar Forward(Scalar x);
    public abstract double Reference(double x);

    /// <summary>dL/dx, given dL/dy; null where the op is piecewise constant and nothing flows.</summary>
    public abstract Node? Gradient(Vjp vjp);

    public sealed override Scalar Forward(IReadOnlyList<Scalar> x) => Forward(x[0]);
    public sealed override double Reference(IReadOnlyList<double> x, int coordinate) => Reference(x[0]);

    public sealed override void Backward(Vjp vjp)
    {
        if (Gradient(vjp) is { } gradient) vjp.Add(0, gradient);
    }
}

/// <summary>An elementwise op of two inputs, which broadcast against each other.</summary>
internal abstract class BinaryOp : ElementwiseOp
{
    public abstract Scalar Forward(Scalar a, Scalar b);
    public abstract double Reference(double a, double b);

    public sealed override Scalar Forward(IReadOnlyList<Scalar> x) => Forward(x[0], x[1]);
    public sealed override double Reference(IReadOnlyList<double> x, int coordinate) => Reference(x[0], x[1]);
}

/// <summary>How a reduction combines elements.</summary>
internal enum ReductionKind
{
    Sum,
    Max,
    Min,
}

/// <summary>Combines the elements along <see cref="Axes"/> (sorted, distinct, non-negative).</summary>
internal abstract class ReductionOp(IEnumerable<int> axes, bool keepDims) : Op
{
    public abstract ReductionKind Kind { get; }
    public IReadOnlyList<int> Axes { get; } = axes.OrderBy(a => a).ToArray();
    public bool KeepDims { get; } = keepDims;

    /// <summary>The same reduction over other axes, for passes that move axes.</summary>
    public abstract ReductionOp With(IEnumerable<int> axes, bool keepDims);

    public override string Attributes => $"axes={string.Join(",", Axes)}{(KeepDims ? " keep" : "")}";

    public override bool ToleratesRounding(int input) => true;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0];
        foreach (int axis in Axes)
            if (axis < 0 || axis >= x.Shape.Rank) throw new ModelException(Rules.Axis,
                $"'{Name}' over axis {axis} needs a tensor with at least {axis + 1} axes, but was given {x.Shape}.");
        return new TensorType(x.DType, ReducedShape(x.Shape));
    }

    public override TimeAxis? Follow(TimeFlow flow) => Axes.Contains(flow.X.Axis) ? null
        : flow.X with { Axis = KeepDims ? flow.X.Axis : flow.X.Axis - Axes.Count(a => a < flow.X.Axis) };

    public Shape ReducedShape(Shape x) => KeepDims
        ? new Shape(x.Select((d, i) => Axes.Contains(i) ? Dim.One : d))
        : new Shape(x.Where((_, i) => !Axes.Contains(i)));

    public sealed override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var kept = new NdArray(x.Shape.Select((d, i) => Axes.Contains(i) ? 1 : d).ToArray());
        for (int i = 0; i < kept.Length; i++) kept.Data[i] = Kind switch { ReductionKind.Sum => 0, ReductionKind.Max => double.NegativeInfinity, _ => double.PositiveInfinity };
        var target = new int[x.Rank];
        foreach (var index in x.Indices())
        {
            for (int i = 0; i < target.Length; i++) target[i] = Axes.Contains(i) ? 0 : index[i];
            double old = kept[target], value = x[index];
            kept[target] = Kind switch
            {
                ReductionKind.Sum => old + value,
                // A NaN stays: no comparison with it is true.
                ReductionKind.Max => double.IsNaN(value) || value > old ? value : old,
                _ => double.IsNaN(value) || value < old ? value : old,
            };
        }
        return new NdArray(call.ResultShape, kept.Data);
    }
}

/// <summary>Moves or repeats elements without computing: reshape, permute, broadcast, slice, pad, concat.</summary>
internal abstract class MovementOp : Op
{
    /// <summary>
    /// The strided block copies that make the result, for the ops that a copy kernel computes; null for those that are views or part of
    /// a loop (reshape, broadcast). When the pieces do not cover the result, the rest is zero.
    /// </summary>
    public virtual IReadOnlyList<Piece>? Pieces(Node y) => null;

    // The same integers in other places.
    public override Dim? IndexLimit(Node y) => LeavesGaps ? null : y.Inputs.Select(IndexRange.Limit).Distinct().ToArray() is [var limit] ? limit : null;

    public override bool ToleratesRounding(int input) => true;

    /// <summary>True when <see cref="Pieces"/> leave elements of the result unwritten.</summary>
    public virtual bool LeavesGaps => false;

    /// <summary>Elements between neighbours along each axis of a dense tensor.</summary>
    protected static Dim[] DenseStrides(Shape shape) => Enumerable.Range(0, shape.Rank).Select(i => shape.Product(i + 1, shape.Rank)).ToArray();

    /// <summary>One block: sizes, and strides and first element on both sides, in elements.</summary>
    public sealed record Piece(int Input, IReadOnlyList<Dim> Sizes, IReadOnlyList<Dim> SourceStrides, Dim SourceOffset, IReadOnlyList<Dim> TargetStrides, Dim TargetOffset);
}

/// <summary>
/// An op with a gradient rule of its own that is computed as a small graph of other ops, which then fuse: softmax, cross-entropy,
/// GELU. Autodiff sees the op; the scheduler sees its parts.
/// </summary>
internal abstract class CompositeOp : Op
{
    public abstract Node Decompose(Node y);

    public override bool ToleratesRounding(int input) => true;
}

/// <summary>An op with its own kernel in the runtime (matrix product, convolution, pooling).</summary>
internal abstract class KernelOp : Op
{
    /// <summary>The call of the runtime kernel, for the CPU.</summary>
    public abstract KernelCall Kernel(Node y);
}

/// <summary>A value that is given, not computed.</summary>
internal abstract class LeafOp : Op
{
    public abstract TensorType Type { get; }
    public sealed override TensorType Infer(IReadOnlyList<TensorType> inputs) => Type;
    public sealed override void Backward(Vjp vjp) { }
    public override NdArray Reference(ReferenceCall call) =>
        throw new InvalidOperationException($"The value of '{this}' is given by whoever evaluates the graph.");
}
