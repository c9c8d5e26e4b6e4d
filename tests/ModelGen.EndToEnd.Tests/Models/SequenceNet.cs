namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Attention over a sequence of any length: two symbols, of which one input alone determines none.</summary>
[Model]
internal partial class SequenceNet
{
    readonly Linear query = new(8), key = new(8), value = new(8);
    readonly LayerNorm norm = new();
    readonly Linear output = new(5);

    public Tensor Forward([Shape("N", "T", 6)] Tensor x)
    {
        var (q, k, v) = (x.Apply(query), x.Apply(key), x.Apply(value));
        var scores = q.MatMul(k.Transpose()) * 0.35f;
        return (scores.Softmax().MatMul(v) + q).Apply(norm).Mean(1).Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 6)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
