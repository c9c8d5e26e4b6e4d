namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Training uses the statistics of the batch and updates the running ones; inference uses those.</summary>
[Model]
internal partial class BatchNormNet
{
    readonly Conv2d conv1 = new(8, kernelSize: 3, padding: 1) { Bias = false };
    readonly BatchNorm2d norm1 = new();
    readonly Conv2d conv2 = new(8, kernelSize: 3, stride: 2, padding: 1) { Bias = false };
    readonly BatchNorm2d norm2 = new() { Momentum = 0.3f };
    readonly Linear output = new(5);

    public Tensor Forward([Shape("N", 3, 6, 6)] Tensor image)
    {
        var x = image.Apply(conv1).Apply(norm1).Relu();
        x = x.Apply(conv2).Apply(norm2).Silu();
        return x.GlobalAvgPool2d().Apply(output);
    }

    public Tensor Loss([Shape("N", 3, 6, 6)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>Convolutions in all their forms.</summary>
[Model]
internal partial class ConvForms
{
    readonly Conv2d grouped = new(8, kernelSize: 3, padding: 1, groups: 2);
    readonly Conv2d depthwise = new(8, kernelSize: 3, padding: 1, groups: 8);
    readonly Conv2d dilated = new(6, kernelSize: 3, padding: 2, dilation: 2);
    readonly Conv2d strided = new(20, kernelSize: 3, stride: 2, padding: 1);
    readonly Conv2d point = new(17, kernelSize: 1);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 4, 9, 7)] Tensor image)
    {
        var x = image.Apply(grouped).Relu();
        x = (x + x.Apply(depthwise)).Tanh();
        x = x.Apply(dilated).Gelu().AvgPool2d(2, padding: 1);
        return x.Apply(strided).Relu().Apply(point).GlobalAvgPool2d().Apply(output);
    }

    public Tensor Loss([Shape("N", 4, 9, 7)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>Some layers do not learn: they have no gradient and no updates.</summary>
[Model]
internal partial class FrozenNet
{
    [Layer(Frozen = true)]
    readonly Conv2d features = new(6, kernelSize: 3);

    [Layer(Name = "head")]
    readonly Linear output = new(4);

    public Tensor Forward([Shape("N", 1, 6, 6)] Tensor image) => image.Apply(features).Relu().Flatten().Apply(output);

    public Tensor Loss([Shape("N", 1, 6, 6)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
