namespace ModelGen.Benchmarks.Models;

/// <summary>W6: as small as networks on small devices are.</summary>
[Model]
internal sealed partial class Tiny
{
    readonly Linear hidden1 = new(16), hidden2 = new(16), output = new(3);

    public Tensor Forward([Shape("N", 4)] Tensor x) => x.Apply(hidden1).Tanh().Apply(hidden2).Tanh().Apply(output);

    public Tensor Loss([Shape("N", 4)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
