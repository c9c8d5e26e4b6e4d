namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Layers that are large enough for their weights to be updated inside the product that makes the gradient. No width divides by a vector.</summary>
[Model]
internal partial class WideNet
{
    readonly Linear wide = new(163), narrow = new(110), output = new(3);

    public Tensor Forward([Shape("N", 130)] Tensor x) => x.Apply(wide).Relu().Apply(narrow).Tanh().Apply(output);

    public Tensor Loss([Shape("N", 130)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
