namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Tensors taken apart and put together, conditions and indicators, and options of losses.</summary>
[Model]
internal partial class PartsNet
{
    readonly Linear gates = new(12), output = new(5);

    public Tensor Forward([Shape("N", 6)] Tensor x)
    {
        var parts = x.Apply(gates).Split(4, axis: 1);
        var halves = parts[0].Chunk(2, axis: -1);
        var y = (parts[1] * parts[2].Hardswish()) + Tensor.Concat(1, halves[1], halves[0]).Elu(0.5f);
        var columns = y.Unbind(1);
        y += Tensor.Stack(1, columns[3].Atan(), columns[2].Round(), columns[1].Clamp(-0.3f, 0.4f), columns[0].Expm1());
        return Tensor.Where(y > 0.1f, y, y * Tensor.Arange(4, start: 1, step: 0.5f)).Apply(output);
    }

    public Tensor Loss([Shape("N", 6)] Tensor x, [Shape("N")] IntTensor label)
    {
        var logits = Forward(x);
        return logits.CrossEntropy(label, labelSmoothing: 0.1f, ignoreIndex: -100) + (logits - Tensor.OneHot(label, 5)).Huber(Tensor.Zeros(logits.Shape[0], 5), reduction: Reduction.Sum);
    }
}

/// <summary>Functions that double precision computes in its own way.</summary>
[Model(Precision = Precision.Float64)]
internal partial class DoubleFunctions
{
    readonly Linear hidden = new(7), output = new(3);

    public Tensor Forward([Shape("N", 5)] Tensor x)
    {
        var y = x.Apply(hidden);
        return (y.Atan() + y.Elu() + (y * 4f).Round() + y.Sinh() + (y * 0.1f).Asin() + y.CumSum(1)).Apply(output);
    }

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N", 3)] Tensor target) => Forward(x).SmoothL1(target, 0.5f);
}
