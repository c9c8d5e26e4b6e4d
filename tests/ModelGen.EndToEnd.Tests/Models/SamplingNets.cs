namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A spatial transformer: of images of any height, the network chooses the part that it looks at. And images of other sizes, constant and not.</summary>
[Model]
internal partial class SpatialTransformerNet
{
    readonly Conv2d look = new(4, kernelSize: 3, padding: 1), features = new(5, kernelSize: 3);
    readonly Linear map = new(6), output = new(3);

    public Tensor Forward([Shape("N", 2, "T", 6)] Tensor image)
    {
        var theta = image.Apply(look).Relu().ResizeBilinear2d(4, 4).Flatten().Apply(map).Tanh();
        var part = image.GridSample(theta.Reshape(-1, 2, 3).AffineGrid(5, 7), border: true);
        var close = image.GridSample((0.5f * theta).Reshape(-1, 2, 3).AffineGrid(5, 7, alignCorners: true), alignCorners: true);
        var y = (part + close).Apply(features).Relu().Flatten();
        var large = image.UpsampleBilinear2d(2).ResizeNearest2d(3, 5).Flatten();
        var again = part.ResizeBilinear2d(image.Shape[2], 3, alignCorners: true).Mean(2, 3);
        return Tensor.Concat(1, y, large, again).Apply(output);
    }

    public Tensor Loss([Shape("N", 2, "T", 6)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>Rows that are combined by given classes, by classes that the model computes itself, and by those that nobody has.</summary>
[Model]
internal partial class SegmentNet
{
    readonly Linear hidden = new(6), output = new(2);

    public Tensor Forward([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label)
    {
        var h = x.Apply(hidden).Tanh();
        // Nothing says that it is below 7: that is checked while it runs.
        var moved = (label.ToTensor() * 2f).ToInt();
        var largest = h.SegmentMax(h.ArgMax(), 6).Maximum(-1f);
        return Tensor.Concat(0, h.SegmentSum(label, 3), h.SegmentMean(moved, 7), largest).Apply(output);
    }

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N")] IntTensor label) => Forward(x, label).Square().Mean();
}
