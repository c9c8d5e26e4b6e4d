namespace ModelGen.Benchmarks.Models;

/// <summary>W2: two convolutions and two dense layers.</summary>
[Model]
internal sealed partial class Cnn
{
    readonly Conv2d conv1 = new(32, kernelSize: 3, padding: 1), conv2 = new(64, kernelSize: 3, padding: 1);
    readonly Linear hidden = new(128), output = new(10);

    public Tensor Forward([Shape("N", 1, 28, 28)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(hidden).Relu().Apply(output);
    }

    public Tensor Loss([Shape("N", 1, 28, 28)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
