namespace ModelGen.Benchmarks.Models;

/// <summary>W3: LeNet-5 (LeCun et al., 1998) for coloured images of 32 x 32, with ReLU and maximum pooling.</summary>
[Model]
internal sealed partial class LeNet
{
    readonly Conv2d conv1 = new(6, kernelSize: 5), conv2 = new(16, kernelSize: 5);
    readonly Linear hidden1 = new(120), hidden2 = new(84), output = new(10);

    public Tensor Forward([Shape("N", 3, 32, 32)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);
    }

    public Tensor Loss([Shape("N", 3, 32, 32)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
