namespace ModelGen.Benchmarks.Models;

/// <summary>W5: an image read row by row, judged by the state after the last row.</summary>
[Model]
internal sealed partial class LstmNet
{
    readonly Lstm lstm = new(128);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 28, 28)] Tensor rows) => rows.Apply(lstm).Select(1, -1).Apply(output);

    public Tensor Loss([Shape("N", 28, 28)] Tensor rows, [Shape("N")] IntTensor label) => Forward(rows).CrossEntropy(label);
}
