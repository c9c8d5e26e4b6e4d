namespace ModelGen.Compiler.Ops;

/// <summary>Tensors one after the other along one axis; all other sizes are equal.</summary>
internal sealed class Concat(int axis) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Concat",
        Summary = "The tensors one after the other along an axis; their other sizes are equal.",
        IsStatic = true,
        Parameters = [SurfaceParameter.Int("axis", "the axis to join along; negative ones count from the end"), SurfaceParameter.Tensors("tensors", "the parts, in order")],
        Build = call =>
        {
            var parts = call.Tensors("tensors");
            if (parts.Length == 0) throw new ModelException(Rules.Concat, "'Concat' needs at least one tensor.");
            int axis = call.Axis("axis", parts[0]);
            RequireJoinable(axis, parts);
            return Of(axis, parts);
        },
        Samples =
        [
            new Sample([2, 3], [4, 3]).With("axis", 0), new Sample([2, 3], [2, 1], [2, 5]).With("axis", -1), new Sample([2, 3, 4], [2, 2, 4]).With("axis", 1), new Sample([3]).With("axis", 0),
        ],
        PyTorch = "torch.cat",
    };

    // The same rule as Infer's; here the argument and the axis that would fit are known.
    static void RequireJoinable(int axis, Node[] parts)
    {
        bool Joins(int along, Node part) => part.Shape.Rank == parts[0].Shape.Rank && part.Shape.With(along, Dim.One) == parts[0].Shape.With(along, Dim.One);
        if (parts.FirstOrDefault(p => !Joins(axis, p)) is not { } wrong) return;
        var fitting = Enumerable.Range(0, parts[0].Shape.Rank).Where(a => parts.All(p => Joins(a, p))).ToArray();
        throw new ModelException(Rules.Concat, Message(axis, parts[0].Shape, wrong.Shape) + (fitting.Length == 1 ? $"; along axis {fitting[0]} they fit." : "."))
        {
            Argument = fitting.Length == 1 ? "axis" : null,
            Repair = fitting.Length == 1 ? Repair.Set("axis", fitting[0]) : null,
        };
    }

    static string Message(int axis, Shape first, Shape other) =>
        $"'Concat' along axis {axis} cannot join {first} and {other}: they must have the same number of axes, and all sizes but that of axis {axis} must be equal";

    public int Axis { get; } = axis;
    public override string Name => "concat";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(int axis, params Node[] parts) => parts.Length == 1 ? parts[0] : parts[0].Graph.Add(new Concat(axis), parts);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var first = inputs[0];
        var size = first.Shape[Axis];
        foreach (var input in inputs.Skip(1))
        {
            if (input.DType != first.DType) throw new ModelException(Rules.ElementType, $"'Concat' needs tensors of one element type, but was given {first} and {input}.");
            if (input.Shape.Rank != first.Shape.Rank || input.Shape.With(Axis, Dim.One) != first.Shape.With(Axis, Dim.One)) throw new ModelException(Rules.Concat,
                Message(Axis, first.Shape, input.Shape) + ".");
            size += input.Shape[Axis];
        }
        return new TensorType(first.DType, first.Shape.With(Axis, size));
    }

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var target = DenseStrides(y.Shape);
        var pieces = new List<Piece>();
        var start = Dim.Zero;
        for (int i = 0; i < y.Inputs.Count; i++)
        {
            var part = y.Inputs[i].Shape;
            pieces.Add(new Piece(i, part.ToArray(), DenseStrides(part), Dim.Zero, target, start * target[Axis]));
            start += part[Axis];
        }
        return pieces;
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Inputs.All(t => t is not null && t == flow.X && t.Axis != Axis) ? flow.X : null;

    public override void Backward(Vjp vjp)
    {
        var start = Dim.Zero;
        for (int i = 0; i < vjp.InputCount; i++)
        {
            var length = vjp.Input(i).Shape[Axis];
            vjp.Add(i, Slice.Of(vjp.Dy, Axis, start, length));
            start += length;
        }
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var result = new NdArray(call.ResultShape);
        var target = new int[result.Rank];
        int start = 0;
        foreach (var part in call.Inputs)
        {
            int n = 0;
            foreach (var index in part.Indices())
            {
                index.CopyTo(target, 0);
                target[Axis] += start;
                result[target] = part.Data[n++];
            }
            start += part.Shape[Axis];
        }
        return result;
    }
}
