namespace Digits;

/// <summary>Two small convolutions and two dense layers: 8x8 images to 10 digits.</summary>
[Model]
public partial class DigitNet
{
    readonly Conv2d conv1 = new(16, kernelSize: 3, padding: 1);
    readonly Conv2d conv2 = new(32, kernelSize: 3, padding: 1);
    readonly Linear hidden = new(64);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 1, 8, 8)] Tensor image)
    {
        var x = image.Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(hidden).Relu().Apply(output);
    }

    public Tensor Loss([Shape("N", 1, 8, 8)] Tensor image, [Shape("N")] IntTensor label) =>
        Forward(image).CrossEntropy(label);
}
