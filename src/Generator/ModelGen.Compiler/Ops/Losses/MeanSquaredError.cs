namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of (x - target)² over all elements.</summary>
internal static class MeanSquaredError
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MeanSquaredError",
        Summary = "The mean of (x - target)² over all elements, a scalar.",
        Parameters = [SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "what it should be, of the same shape"), SurfaceParameter.Reduction()],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            RequireSameShape("MeanSquaredError", x, target);
            return ReducedLoss.Of(Square.Of(x - target), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("reduction", (int)LossReduction.Sum), new Sample([2, 3, 5], [2, 3, 5]).With("reduction", (int)LossReduction.None), new([], [])],
        PyTorch = "torch.nn.functional.mse_loss",
    };

    /// <summary>A target that merely broadcasts is nearly always a mistake ([N, 1] against [N] compares all pairs).</summary>
    internal static void RequireSameShape(string loss, Node x, Node target, string argument = "target")
    {
        if (x.Shape != target.Shape) throw new ModelException(Rules.SameShape,
            $"'{loss}' compares element by element, but was given {x.Shape} and the {argument} {target.Shape}; both must have one shape" +
            (x.Shape.Elements == target.Shape.Elements ? ": reshape one of them." : "."))
        {
            Argument = argument,
            Repair = argument == "target" && x.Shape.Elements == target.Shape.Elements && target.Shape.Rank == 1 && x.Shape.Rank > 1 ? Repair.Append("x", ".Flatten(0)")
                : Repair.Dimensions(x.Shape) is { } dimensions ? new Repair(RepairKind.DeclareShape, argument, dimensions) : null,
        };
    }
}
