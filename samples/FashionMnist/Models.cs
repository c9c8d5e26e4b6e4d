namespace FashionMnist;

/// <summary>Two hidden dense layers: 784 → 256 → 128 → 10.</summary>
[Model]
public partial class Mlp
{
    readonly Linear hidden1 = new(256);
    readonly Linear hidden2 = new(128);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 1, 28, 28)] Tensor image) =>
        image.Flatten().Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);

    public Tensor Loss([Shape("N", 1, 28, 28)] Tensor image, [Shape("N")] IntTensor label) =>
        Forward(image).CrossEntropy(label);
}

/// <summary>Two convolutions of 3x3 and two dense layers.</summary>
[Model]
public partial class Cnn
{
    readonly Conv2d conv1 = new(32, kernelSize: 3, padding: 1);
    readonly Conv2d conv2 = new(64, kernelSize: 3, padding: 1);
    readonly Linear hidden = new(128);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 1, 28, 28)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(hidden).Relu().Apply(output);
    }

    public Tensor Loss([Shape("N", 1, 28, 28)] Tensor image, [Shape("N")] IntTensor label) =>
        Forward(image).CrossEntropy(label);
}

/// <summary>LeNet-5 (LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998), with ReLU and max pooling.</summary>
[Model]
public partial class LeNet
{
    readonly Conv2d conv1 = new(6, kernelSize: 5, padding: 2);
    readonly Conv2d conv2 = new(16, kernelSize: 5);
    readonly Linear dense1 = new(120);
    readonly Linear dense2 = new(84);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 1, 28, 28)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(dense1).Relu().Apply(dense2).Relu().Apply(output);
    }

    public Tensor Loss([Shape("N", 1, 28, 28)] Tensor image, [Shape("N")] IntTensor label) =>
        Forward(image).CrossEntropy(label);
}
