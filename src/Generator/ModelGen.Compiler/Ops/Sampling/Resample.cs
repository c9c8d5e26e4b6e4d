namespace ModelGen.Compiler.Ops;

/// <summary>How a position between two elements is read.</summary>
internal enum Interpolation
{
    /// <summary>The element whose interval holds the position: x[⌊j · length / size⌋].</summary>
    Nearest,

    /// <summary>A straight line between the centres of two elements: p = (j + ½) · length / size - ½, not below 0.</summary>
    Linear,

    /// <summary>The same with the first and the last elements of both sides at one place: p = j · (length - 1) / (size - 1).</summary>
    LinearAligned,
}

/// <summary>
/// One axis with another number of elements: y[.., j, ..] = (1 - w) x[.., i, ..] + w x[.., i + 1, ..], where the position p of j in x says i = ⌊p⌋ and w = p - i. Images and volumes are
/// resized axis by axis: the map is a product of one map for each axis. Transposed it is its own gradient: each dy adds to the two elements that it came from.
/// </summary>
/// <param name="axis">The axis.</param>
/// <param name="length">Elements on the side of x.</param>
/// <param name="size">Elements on the side of y.</param>
/// <param name="interpolation">How a position is read.</param>
/// <param name="transposed">Whether it maps from y's side to x's.</param>
internal sealed class Resample(int axis, Dim length, Dim size, Interpolation interpolation, bool transposed) : KernelOp
{
    public int Axis { get; } = axis;
    public Dim Length { get; } = length;
    public Dim Size { get; } = size;
    public Interpolation Interpolation { get; } = interpolation;
    public bool Transposed { get; } = transposed;
    public override string Name => "resample";
    public override string Attributes => $"axis={Axis} {Length}→{Size} {Interpolation}{(Transposed ? " transposed" : "")}";

    public static Node Of(Node x, int axis, Dim size, Interpolation interpolation) =>
        x.Shape[axis] == size ? x : x.Graph.Add(new Resample(axis, x.Shape[axis], size, interpolation, transposed: false), x);

    /// <summary>The wanted size of an axis, from an argument.</summary>
    public static Dim Wanted(Call call, string name)
    {
        var wanted = call.Size(name);
        return !wanted.IsConstant || wanted.Value >= 1 ? wanted : throw new ModelException(Rules.Argument,
            $"'{call.Method}' needs '{name}' to be at least 1, but it is {wanted}.") { Argument = name, Repair = Repair.Set(name, 1) };
    }

    /// <summary>Images [N, C, H, W] of another height and width; in storage order, so that an element is all channels of a pixel.</summary>
    public static Node Images(Call call, Dim height, Dim width, Interpolation interpolation)
    {
        var x = Image(call);
        return Permute.Of(Of(Of(Permute.Of(x, 0, 2, 3, 1), 1, height, interpolation), 2, width, interpolation), 0, 3, 1, 2);
    }

    /// <summary>The input of a method that takes images.</summary>
    public static Node Image(Call call)
    {
        var x = call.Tensor("x");
        return x.Shape.Rank == 4 ? x : throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
    }

    public static Interpolation Lines(Call call) => call.Bool("alignCorners") ? Interpolation.LinearAligned : Interpolation.Linear;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(Axis, Transposed ? Length : Size));

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    // Linear: the gradient of the transpose is the map itself.
    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Graph.Add(new Resample(Axis, Length, Size, Interpolation, !Transposed), vjp.Dy));

    public override NdArray Reference(ReferenceCall call)
    {
        var result = new NdArray(call.ResultShape);
        var (input, output) = (AxisLines.Of(call[0].Shape, Axis), AxisLines.Of(result.Shape, Axis));
        long length = call.Size(Length), size = call.Size(Size);
        foreach (var (from, to) in input.Zip(output, (from, to) => (from, to)))
            for (int j = 0; j < size; j++)
                foreach (var (i, weight) in Sources(j, length, size))
                    if (Transposed) result.Data[to[i]] += weight * call[0].Data[from[j]];
                    else result.Data[to[j]] += weight * call[0].Data[from[i]];
        return result;
    }

    // What element j of y reads of x, with weights other than 0.
    IEnumerable<(int Index, double Weight)> Sources(long j, long length, long size)
    {
        if (Interpolation == Interpolation.Nearest) return [((int)(j * length / size), 1)];
        double position = Interpolation == Interpolation.Linear ? Math.Max(0, ((j + 0.5) * ((double)length / size)) - 0.5) : size == 1 ? 0 : j * ((length - 1) / (double)(size - 1));
        int lower = (int)Math.Min((long)position, length - 1);
        double weight = lower == length - 1 ? 0 : position - lower;
        return weight == 0 ? [(lower, 1)] : [(lower, 1 - weight), (lower + 1, weight)];
    }

    public override KernelCall Kernel(Node y)
    {
        var x = y.Inputs[0].Shape;
        return new KernelCall
        {
            Method = Transposed ? "Resample.Backward" : "Resample.Forward",
            Label = $"Resample {Length}→{Size}{(Transposed ? " dx" : "")}",
            ShapeType = "ResampleShape",
            Shape = [("Outer", x.Product(0, Axis)), ("Length", Length), ("Size", Size), ("Inner", x.Product(Axis + 1, x.Rank))],
            Options = [Interpolation == Interpolation.Nearest ? "false" : "true", Interpolation == Interpolation.LinearAligned ? "true" : "false"],
        };
    }
}
