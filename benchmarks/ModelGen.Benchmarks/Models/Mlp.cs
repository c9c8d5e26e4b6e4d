namespace ModelGen.Benchmarks.Models;

/// <summary>W1: a dense network for images of 28 x 28.</summary>
[Model]
internal sealed partial class Mlp
{
    readonly Linear hidden1 = new(512), hidden2 = new(256), output = new(10);

    public Tensor Forward([Shape("N", 784)] Tensor image) => image.Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);

    public Tensor Loss([Shape("N", 784)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
