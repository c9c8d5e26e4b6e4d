namespace ModelGen.Runtime.Gpu.Tests.Models;

/// <summary>Rows longer than one work-item computes, of no round length; sizes and values with names that mean something in OpenCL C.</summary>
[Model]
internal partial class LongRows
{
    readonly Linear up = new(100);
    readonly LayerNorm norm = new();
    readonly Linear output = new(301);

    public Tensor Forward([Shape("global", 7)] Tensor x)
    {
        var half = x.Apply(up).Apply(norm).Gelu();
        var exp = half.Exp();
        return (exp + half.Softmax()).Apply(output);
    }

    public Tensor Loss([Shape("global", 7)] Tensor x, [Shape("global")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Reductions of every kind and direction that end in infinities and NaN unless every element takes part.</summary>
[Model]
internal partial class Extremes
{
    public (Tensor Rows, Tensor Columns, Tensor All, Tensor Middle) Forward([Shape("größe", 5, 37)] Tensor x) =>
        (x.Max(-1) - x.Min(-1), x.Max(0) + x.Min(0), x.Square().Sum(), x.Max(1).Relu());
}
