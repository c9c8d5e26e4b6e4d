namespace ModelGen.EndToEnd.Tests.Models;

[Model]
internal partial class Mlp
{
    readonly Linear hidden = new(32);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 64)] Tensor image) => image.Apply(hidden).Relu().Apply(output);

    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>The same in double precision, with a smooth activation.</summary>
[Model(Precision = Precision.Float64)]
internal partial class DoubleMlp
{
    readonly Linear hidden = new(32);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 64)] Tensor image) => image.Apply(hidden).Tanh().Apply(output);

    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
