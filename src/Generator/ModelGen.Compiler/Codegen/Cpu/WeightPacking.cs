using ModelGen.Compiler.Memory;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// Which weights an inference program reads from a copy that lies as the kernels want it. Without that, large products copy their weights at each call; a
/// training step does, since it changes them at each call. Weights that are read rounded are packed rounded, and widened where they have 16 bits.
/// </summary>
internal sealed class WeightPacking
{
    // Smaller ones are copied in no time; of one image, those of a convolution or of a few rows are a good part of the call.
    const long FewestElements = 256;

    readonly Dictionary<CallKernel, Panels> panelsOf = [];
    readonly List<Panels> all = [];

    public WeightPacking(Step step)
    {
        Elements = step.RoundedWeights.Elements;
        if (step.Kind != StepKind.Predict) return;
        foreach (var kernel in step.Schedule.Kernels.OfType<CallKernel>())
        {
            if (Matrix(kernel, step.RoundedWeights) is not { } matrix) continue;
            int known = all.FindIndex(p => p with { Offset = 0 } == matrix);
            if (known < 0)
            {
                known = all.Count;
                all.Add(matrix with { Offset = Elements });
                Elements += matrix.K * ((matrix.N + 15) / 16 * 16);
            }
            panelsOf[kernel] = all[known];
        }
    }

    /// <summary>The size of the copy.</summary>
    public long Elements { get; private set; }

    /// <summary>Every matrix once.</summary>
    public IReadOnlyList<Panels> All => all;

    /// <summary>What a kernel reads; null for the weights as they are.</summary>
    public Panels? Of(Kernel kernel) => kernel is CallKernel call && panelsOf.TryGetValue(call, out var panels) ? panels : null;

    static Panels? Matrix(CallKernel kernel, RoundedWeights rounded)
    {
        if (kernel.Node.Inputs.Count < 2 || SmallProductEmitter.Fits(kernel)) return null;
        var weight = Views.Root(kernel.Node.Inputs[1]);
        if (weight.Op is not ParameterLeaf && rounded.All.All(r => r.Rounded != weight)) return null;
        Dim Size(string member) => kernel.Call.Shape.First(m => m.Member == member).Value;
        Dim k, n, row, column;
        switch (kernel.Call.Method)
        {
            case "MatMul.Run" when Size("Batch").IsOne:
                (k, n, row, column) = (Size("K"), Size("N"), Size("BRow"), Size("BColumn"));
                break;
            case "Conv2d.Forward" or "Conv2d.ForwardPooled" when Size("Groups").IsOne:
                var shape = kernel.Node.Inputs[1].Shape;
                (k, n, row, column) = (shape.Product(0, 3), shape[3], shape[3], Dim.One);
                break;
            default:
                return null;
        }
        return k.IsConstant && n.IsConstant && n.Value > 1 && k.Value * n.Value >= FewestElements ? new Panels(weight, k.Value, n.Value, row.Value, column.Value, 0) : null;
    }

    /// <summary>A matrix of weights [K, N].</summary>
    /// <param name="Weight">The parameter, or its rounded copy.</param>
    /// <param name="K">Rows.</param>
    /// <param name="N">Columns.</param>
    /// <param name="Row">From one row to the next, in the weight.</param>
    /// <param name="Column">From one column to the next.</param>
    /// <param name="Offset">Where its panels begin in the copy.</param>
    internal sealed record Panels(Node Weight, long K, long N, long Row, long Column, long Offset);
}
