namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Convolution, activation, pooling, twice; small enough for the reference.</summary>
[Model]
internal partial class SmallConvNet
{
    readonly Conv2d conv1 = new(8, kernelSize: 3, padding: 1);
    readonly Conv2d conv2 = new(16, kernelSize: 3, padding: 1);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 1, 8, 8)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        return x.Apply(conv2).Relu().MaxPool2d(2).Flatten().Apply(output);
    }

    public Tensor Loss([Shape("N", 1, 8, 8)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
