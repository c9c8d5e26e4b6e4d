using System.Numerics;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;

namespace ModelGen.Execution.Tests;

/// <summary>The loss and its gradient equal the plain sums over all paths, for every number of classes and steps.</summary>
[Collection("Teams")]
public unsafe class CtcTests
{
    [Fact]
    public void Equals_the_formula_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            var shape = new CtcShape { Batch = 3, Steps = 1 + size * 5 % 23, Classes = size + 1, Symbols = 1 + size % 6, Blank = size % 2 == 0 ? 0 : size, PerSymbol = size % 2, ZeroInfinity = size / 2 % 2 };
            Check<F32x8, float>(shape, size % 3 == 0, 2e-5);
            if (size % 4 == 0) Check<F32x16, float>(shape, true, 2e-5);
            if (size % 4 == 1) Check<F32x1, float>(shape, false, 2e-5);
            Check<F64x4, double>(shape, size % 3 != 0, 1e-12);
        }
    }

    /// <summary>PyTorch computes a number for them, which is the loss of no target.</summary>
    [Theory]
    [InlineData("Target 1 of 'Ctc' has the blank, 0, at index 2;", 0, 2, 0)]
    [InlineData("Target 1 of 'Ctc' has 2 at index 2, behind the -1 at index 1;", 0, -1, 2)]
    [InlineData("Target 1 of 'Ctc' has the blank, 2, at index 1;", 2, 2, -1)]
    [InlineData("Target 1 of 'Ctc' has the blank, 2, at index 2;", 2, -1, 2)]
    public void Targets_that_are_none_are_refused(string message, int blank, int second, int third)
    {
        var shape = new CtcShape { Batch = 3, Steps = 4, Classes = 3, Symbols = 3, Blank = blank };
        int[] target = [1, -1, -1, 1, second, third, 1, 1, -1];
        float[] x = Enumerable.Repeat(-1.0986123f, 3 * 4 * 3).ToArray(), y = new float[x.Length];
        var logits = new Tensor(x, 3, 4, 3);
        string eager = Assert.Throws<InvalidOperationException>(() => logits.Ctc(new IntTensor(target, 3, 3), blank)).Message;
        Assert.StartsWith(message, eager, StringComparison.Ordinal);
        fixed (float* px = x, py = y)
        fixed (int* pt = target)
        {
            nint at = (nint)px, to = (nint)py, of = (nint)pt;
            foreach (int threads in OnTeam.Sizes)
            {
                Assert.Equal(eager, Assert.Throws<InvalidOperationException>(() => OnTeam.Run(threads, team => Ctc.Loss<F32x4, float>(team, shape, (float*)at, (int*)of, (float*)to))).Message);
                Assert.Equal(eager, Assert.Throws<InvalidOperationException>(() => OnTeam.Run(threads, team => Ctc.Posterior<F32x4, float>(team, shape, (float*)at, (int*)of, (float*)to))).Message);
            }
        }
        Assert.All(y, v => Assert.Equal(0, v));
    }

    static void Check<V, T>(CtcShape s, bool withLengths, double tolerance)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int batch = (int)s.Batch, steps = (int)s.Steps, classes = (int)s.Classes, symbols = (int)s.Symbols;
        using var x = new GuardedArray<T>(batch * steps * classes).Randomize(1);
        // Logarithms of probabilities.
        for (int row = 0; row < batch * steps; row++)
        {
            var logits = x.Values.Slice(row * classes, classes);
            double total = 0;
            foreach (T value in logits) total += Math.Exp(double.CreateChecked(value));
            foreach (ref T value in logits) value -= T.CreateChecked(Math.Log(total));
        }
        using var target = new GuardedArray<int>(batch * symbols).Draw(random => random.Next(classes - 1) is var label && label >= s.Blank ? label + 1 : label);
        if (symbols > 1) target.Values[^1] = -1;   // a shorter one
        using var length = new GuardedArray<int>(batch).Draw(random => 1 + random.Next(steps));

        NdArray[] inputs =
        [
            new([batch, steps, classes], [.. x.Values.ToArray().Select(double.CreateChecked)]), new([batch, symbols], [.. target.Values.ToArray().Select(v => (double)v)]),
            .. withLengths ? new[] { new NdArray([batch], [.. length.Values.ToArray().Select(v => (double)v)]) } : [],
        ];
        double[] Reference(Op op, int[] shape) => op.Reference(new ReferenceCall(inputs, shape, _ => 0, (_, _) => 0)).Data;
        double[] loss = Reference(new Compiler.Ops.Ctc((int)s.Blank, s.PerSymbol != 0, s.ZeroInfinity != 0), [batch]);
        double[] posterior = Reference(new CtcPosterior((int)s.Blank, s.PerSymbol != 0, s.ZeroInfinity != 0), [batch, steps, classes]);

        T* px = x.Pointer;
        int* pt = target.Pointer, pl = withLengths ? length.Pointer : null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownLoss = new GuardedArray<T>(batch);
            using var ownPosterior = new GuardedArray<T>(x.Length);
            T* py = ownLoss.Pointer, pp = ownPosterior.Pointer;
            OnTeam.Run(threads, team =>
            {
                Ctc.Loss<V, T>(team, s, px, pt, pl, py);
                Ctc.Posterior<V, T>(team, s, px, pt, pl, pp);
            });
            Near(loss, ownLoss.Values, tolerance * 10);
            Near(posterior, ownPosterior.Values, tolerance);
        }
    }

    static void Near<T>(double[] expected, ReadOnlySpan<T> actual, double tolerance) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double value = double.CreateChecked(actual[i]);
            Assert.True(expected[i].Equals(value) || Math.Abs(expected[i] - value) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"element {i}: expected {expected[i]:R}, got {value:R}");
        }
    }
}
