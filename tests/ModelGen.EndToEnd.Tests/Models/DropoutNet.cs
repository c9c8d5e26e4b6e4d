namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Training drops elements by seed and step.</summary>
[Model]
internal partial class DropoutNet
{
    readonly Dropout input = new(0.2f);
    readonly Linear hidden = new(24);
    readonly Dropout drop = new();
    readonly Linear output = new(6);

    public Tensor Forward([Shape("N", 12)] Tensor x) => x.Apply(input).Apply(hidden).Relu().Apply(drop).Apply(output);

    public Tensor Loss([Shape("N", 12)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
