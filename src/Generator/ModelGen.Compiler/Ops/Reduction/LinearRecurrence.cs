namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[i] = a[i] y[i - 1] + x[i] along one axis, from y[-1] = 0. Its transpose runs the other way: y[i] = a[i + 1] y[i + 1] + x[i]. Both solve a system with two diagonals,
/// so each is the gradient of the other, and they differentiate to every order.
/// </summary>
internal sealed class LinearRecurrence(int axis, bool transposed) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "LinearRecurrence",
        Summary = "The states of a linear recurrence along an axis, elementwise in all others: y[i] = decay[i] · y[i - 1] + x[i], from y = 0. Running sums, exponential averages and the inside of state-space layers are such.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "what is added at each step"), SurfaceParameter.Tensor("decay", "what the state before is multiplied by; it broadcasts to x, and its first element along the axis does not matter"),
            SurfaceParameter.Int("axis", "the axis of the steps; negative ones count from the end", -1),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), decay = call.Tensor("decay");
            if (Broadcasting.Combine("LinearRecurrence", x.Shape, decay.Shape) != x.Shape) throw new ModelException(Rules.SameShape,
                $"'LinearRecurrence' needs a decay that broadcasts to its input {x.Shape}, but was given the decay {decay.Shape}.") { Argument = "decay" };
            return Of(BroadcastTo.Of(decay, x.Shape), x, call.Axis("axis", x), transposed: false);
        },
        Samples = [new([3, 7], [3, 7]), new Sample([2, 5, 17], [2, 5, 17]) { Low = -1, High = 1 }.With("axis", 1), new Sample([2, 6, 3], [3]) { Low = -1, High = 1 }.With("axis", -2), new Sample([4, 1], [4, 1])],
    };

    public int Axis { get; } = axis;
    public bool Transposed { get; } = transposed;
    public override string Name => "linear_recurrence";
    public override string Attributes => $"axis={Axis}{(Transposed ? " transposed" : "")}";

    public static Node Of(Node decay, Node x, int axis, bool transposed) => x.Graph.Add(new LinearRecurrence(axis, transposed), decay, x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[1];

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    // With the forward states h and the backward ones g: dx is the other direction of dy, and da[i] = h[i - 1] g[i] in both.
    public override void Backward(Vjp vjp)
    {
        var dx = Of(vjp.Input(0), vjp.Dy, Axis, !Transposed);
        var (forwards, backwards) = Transposed ? (dx, vjp.Y) : (vjp.Y, dx);
        vjp.Add(0, Shift.Of(forwards, Axis) * backwards);
        vjp.Add(1, dx);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        NdArray a = call[0], x = call[1], y = new(call.ResultShape);
        foreach (var line in AxisLines.Of(y.Shape, Axis))
            for (int n = 0; n < line.Length; n++)
            {
                int i = Transposed ? line.Length - 1 - n : n;
                y.Data[line[i]] = x.Data[line[i]] + (n == 0 ? 0 : Transposed ? a.Data[line[i + 1]] * y.Data[line[i + 1]] : a.Data[line[i]] * y.Data[line[i - 1]]);
            }
        return y;
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "LinearRecurrence.Run",
        Label = "LinearRecurrence",
        ShapeType = "LineShape",
        Options = [Transposed ? "true" : "false"],
        Shape = [("Outer", y.Shape.Product(0, Axis)), ("Length", y.Shape[Axis]), ("Inner", y.Shape.Product(Axis + 1, y.Shape.Rank))],
        MultiplyAdds = y.Shape.Elements,
    };
}
