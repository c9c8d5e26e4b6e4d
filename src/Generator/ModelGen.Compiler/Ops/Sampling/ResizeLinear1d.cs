namespace ModelGen.Compiler.Ops;

/// <summary>Sequences of another length, with straight lines between their elements.</summary>
internal static class ResizeLinear1d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ResizeLinear1d",
        Summary = "Sequences of another length, with straight lines between their elements: [N, C, L] → [N, C, length].",
        Parameters = [SurfaceParameter.Tensor("x", "sequences, [N, C, L]"), SurfaceParameter.Int("length", "elements of the result"), ResizeBilinear2d.AlignCorners],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 3) throw new ModelException(Rules.Rank, $"'{call.Method}' takes sequences [N, C, L], but was given {x.Shape}.");
            return Permute.Of(Resample.Of(Permute.Of(x, 0, 2, 1), 1, Resample.Wanted(call, "length"), Resample.Lines(call)), 0, 2, 1);
        },
        Samples = [new Sample([2, 3, 5]).With("length", 8), new Sample([1, 17, 4]).With("length", 3).With("alignCorners", true)],
        PyTorch = "torch.nn.functional.interpolate(mode='linear')",
    };
}
