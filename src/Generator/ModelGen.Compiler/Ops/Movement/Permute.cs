namespace ModelGen.Compiler.Ops;

/// <summary>Axes in another order: y's axis i is x's axis <see cref="Axes"/>[i].</summary>
internal sealed class Permute(IReadOnlyList<int> axes) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Permute",
        Summary = "The axes in another order: axis i of the result is axis axes[i] of the input.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "every axis once")],
        Build = call =>
        {
            var x = call.Tensor("x");
            var axes = call.Ints("axes").Select((a, i) => call.Axis(a, x, "axes", i)).ToArray();
            if (axes.Length != x.Shape.Rank || axes.Distinct().Count() != axes.Length) throw new ModelException(Rules.Axis,
                $"'Permute' of {x.Shape} needs each of its {x.Shape.Rank} axes once, but was given ({string.Join(", ", call.Ints("axes"))}).") { Argument = "axes" };
            return Of(x, axes);
        },
        Samples = [new Sample([2, 3, 4]).With("axes", new[] { 2, 0, 1 }), new Sample([5, 3]).With("axes", new[] { 1, 0 }), new Sample([2, 3, 4, 5]).With("axes", new[] { 0, 2, 3, 1 })],
        PyTorch = "torch.permute",
    };

    public IReadOnlyList<int> Axes { get; } = axes;
    public override string Name => "permute";
    public override string Attributes => string.Join(",", Axes);

    public static Node Of(Node x, params int[] axes) =>
        axes.Select((a, i) => a == i).All(same => same) ? x : x.Graph.Add(new Permute(axes), x);

    public static int[] Inverse(IReadOnlyList<int> axes)
    {
        var inverse = new int[axes.Count];
        for (int i = 0; i < axes.Count; i++) inverse[axes[i]] = i;
        return inverse;
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.Permuted(Axes));

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var source = DenseStrides(y.Inputs[0].Shape);
        return [new Piece(0, y.Shape.ToArray(), Axes.Select(a => source[a]).ToArray(), Dim.Zero, DenseStrides(y.Shape), Dim.Zero)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X with { Axis = Inverse(Axes)[flow.X.Axis] };

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, Inverse(Axes)));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var result = new NdArray(call.ResultShape);
        var source = new int[x.Rank];
        int n = 0;
        foreach (var index in result.Indices())
        {
            for (int i = 0; i < source.Length; i++) source[Axes[i]] = index[i];
            result.Data[n++] = x[source];
        }
        return result;
    }
}
