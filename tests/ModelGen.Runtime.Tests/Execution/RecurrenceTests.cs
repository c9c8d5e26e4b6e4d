using System.Numerics;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;

namespace ModelGen.Execution.Tests;

/// <summary>The loops over time equal the cells' formulas, unit by unit, in every width; the bits do not depend on the size of the team.</summary>
[Collection("Teams")]
public unsafe class RecurrenceTests
{
    // batch, steps, hidden
    public static TheoryData<string, int, int, int> Shapes => new()
    {
        { "Lstm", 3, 4, 5 }, { "Lstm", 1, 1, 1 }, { "Lstm", 20, 3, 33 }, { "Lstm", 2, 2, 128 },
        { "Gru", 3, 4, 5 }, { "Gru", 17, 2, 48 }, { "Gru", 1, 3, 1 }, { "Rnn", 3, 4, 5 }, { "Rnn", 5, 2, 67 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_the_formulas_in_every_width_and_team(string name, int batch, int steps, int hidden)
    {
        RecurrentCell cell = name switch { "Lstm" => Compiler.Ops.LstmCell.Instance, "Gru" => Compiler.Ops.GruCell.Instance, _ => Compiler.Ops.RnnCell.Instance };
        foreach (var given in new[] { RecurrentInputs.None, RecurrentInputs.Initial, RecurrentInputs.Lengths, RecurrentInputs.Initial | RecurrentInputs.Lengths })
            foreach (bool reverse in new[] { false, true })
            {
                var sizes = new Sizes(cell, given, batch, steps, hidden, reverse);
                Check<F32x16, float>(sizes, 2e-5);
                Check<F32x8, float>(sizes, 2e-5);
                Check<F32x4, float>(sizes, 2e-5);
                Check<F32x1, float>(sizes, 2e-5);
                Check<F64x4, double>(sizes, 1e-12);
                Check<F64x8, double>(sizes, 1e-12);
            }
    }

    /// <summary>Every number of units and of sequences.</summary>
    [Fact]
    public void Equals_the_formulas_for_every_size()
    {
        RecurrentCell[] cells = [Compiler.Ops.LstmCell.Instance, Compiler.Ops.GruCell.Instance, Compiler.Ops.RnnCell.Instance];
        for (int size = 1; size <= 67; size++)
        {
            var sizes = new Sizes(cells[size % 3], RecurrentInputs.Initial, 1 + size * 5 % 23, 2, size, size % 2 == 0);
            switch (size % 4)
            {
                case 0: Check<F32x16, float>(sizes, 2e-5); break;
                case 1: Check<F32x8, float>(sizes, 2e-5); break;
                case 2: Check<F32x4, float>(sizes, 2e-5); break;
                default: Check<F64x4, double>(sizes, 1e-12); break;
            }
        }
    }

    sealed record Sizes(RecurrentCell Cell, RecurrentInputs Given, int Batch, int Steps, int Hidden, bool Reverse)
    {
        public bool HasInitial => Given.HasFlag(RecurrentInputs.Initial);
        public bool HasLengths => Given.HasFlag(RecurrentInputs.Lengths);
        public int Carried => Cell.Carried * Hidden;

        // The shape, with the results where the op has them.
        public RecurrentShape Shape(MultiResultOp op, TensorType[] inputs)
        {
            var results = op.Results(inputs);
            nint At(int result) => result < results.Count ? (nint)MultiResultOp.Offset(results, result).Value : -1;
            return new RecurrentShape { Batch = Batch, Steps = Steps, Hidden = Hidden, Reverse = Reverse ? 1 : 0, Last = At(1), States = At(2), Initial = At(1) };
        }
    }

    static void Check<V, T>(Sizes s, double tolerance)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var cell = s.Cell;
        int hidden = s.Hidden, rows = s.Batch * s.Steps;
        using var input = new GuardedArray<T>(rows * cell.Gates * hidden).Randomize(1);
        using var weight = new GuardedArray<T>(hidden * cell.Gates * hidden).Randomize(2);
        using var bias = new GuardedArray<T>(cell.Gates * hidden).Randomize(3);
        using var dy = new GuardedArray<T>(rows * hidden).Randomize(4);
        using var initial = new GuardedArray<T>(s.Batch * s.Carried).Randomize(5);
        using var dlast = new GuardedArray<T>(s.Batch * s.Carried).Randomize(6);
        using var lengths = new GuardedArray<int>(s.Batch);
        for (int n = 0; n < s.Batch; n++) lengths.Values[n] = (n * 7 + 1) % (s.Steps + 1);   // 0 to all steps
        foreach (ref T w in weight.Values) w /= T.CreateChecked(Math.Sqrt(hidden));   // the states stay moderate

        NdArray Array(GuardedArray<T> from, params int[] shape) => new(shape, [.. from.Values.ToArray().Select(double.CreateChecked)]);
        NdArray[] optional = [.. s.HasInitial ? [Array(initial, s.Batch, s.Carried)] : Enumerable.Empty<NdArray>(), .. s.HasLengths ? [new NdArray([s.Batch], [.. lengths.Values.ToArray().Select(l => (double)l)])] : Enumerable.Empty<NdArray>()];
        NdArray part = Array(input, s.Batch, s.Steps, cell.Gates * hidden), matrix = Array(weight, hidden, cell.Gates * hidden);
        NdArray[] inputs = [part, matrix, .. cell.HasBias ? [Array(bias, cell.Gates * hidden)] : Enumerable.Empty<NdArray>(), .. optional];
        var loop = new Recurrent(cell, s.Given, keep: true, s.Reverse);
        var lean = new Recurrent(cell, s.Given, keep: false, s.Reverse);
        var shape = s.Shape(loop, Types(inputs));
        var results = Evaluate(loop, inputs);
        // Where the cell has no other states, its first result is what the way back reads.
        int kept = shape.States < 0 ? 0 : (int)shape.States;
        var states = new NdArray([s.Batch, s.Steps, cell.States * hidden], results.Data[kept..(kept + (rows * cell.States * hidden))]);
        var flags = RecurrentGradient.Inputs.Dy | RecurrentGradient.Inputs.Last | (s.HasInitial ? RecurrentGradient.Inputs.Initial : 0) | (s.HasLengths ? RecurrentGradient.Inputs.Lengths : 0);
        var way = new RecurrentGradient(cell, flags, s.Reverse);
        NdArray[] back = [states, matrix, Array(dy, s.Batch, s.Steps, hidden), Array(dlast, s.Batch, s.Carried), .. optional];
        var backShape = s.Shape(way, Types(back));
        var gradients = Evaluate(way, back);
        var leanShape = s.Shape(lean, Types(inputs));

        T* pi = input.Pointer, pw = weight.Pointer, pb = cell.HasBias ? bias.Pointer : null, pdy = dy.Pointer, p0 = s.HasInitial ? initial.Pointer : null, pdl = dlast.Pointer;
        int* pl = s.HasLengths ? lengths.Pointer : null;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var all = new GuardedArray<T>(results.Length);
            using var y = new GuardedArray<T>(Evaluate(lean, inputs).Length);
            using var g = new GuardedArray<T>(gradients.Length);
            // Between two results lies what nobody writes.
            all.Values.Clear();
            y.Values.Clear();
            g.Values.Clear();
            T* pa = all.Pointer, py = y.Pointer, pg = g.Pointer;
            OnTeam.Run(threads, team =>
            {
                T* ps = pa + kept;
                switch (cell.Name)
                {
                    case "Lstm": Lstm.Forward<V, T>(team, shape, pi, pw, pb, p0, pl, pa); Lstm.Forward<V, T>(team, leanShape, pi, pw, pb, p0, pl, py); break;
                    case "Gru": Gru.Forward<V, T>(team, shape, pi, pw, pb, p0, pl, pa); Gru.Forward<V, T>(team, leanShape, pi, pw, pb, p0, pl, py); break;
                    default: Rnn.Forward<V, T>(team, shape, pi, pw, pb, p0, pl, pa); Rnn.Forward<V, T>(team, leanShape, pi, pw, pb, p0, pl, py); break;
                }
                team.Barrier();
                switch (cell.Name)
                {
                    case "Lstm": Lstm.Backward<V, T>(team, backShape, ps, pw, pdy, pdl, p0, pl, pg); break;
                    case "Gru": Gru.Backward<V, T>(team, backShape, ps, pw, pdy, pdl, p0, pl, pg); break;
                    default: Rnn.Backward<V, T>(team, backShape, ps, pw, pdy, pdl, p0, pl, pg); break;
                }
            });
            Near(results.Data, all.Values, tolerance, s, kept, pl is null ? null : lengths.Values.ToArray());
            Near(gradients.Data, g.Values, tolerance, s, int.MaxValue, null);
            // The form that keeps nothing gives the very same hidden and last states.
            Assert.Equal(all.Values[..(int)y.Length].ToArray(), y.Values.ToArray());
            T[] bits = [.. all.Values[..(kept == 0 ? results.Length : kept)], .. g.Values];
            Assert.Equal(first ??= bits, bits);
        }
    }

    static TensorType[] Types(NdArray[] inputs) => [.. inputs.Select(i => new TensorType(DType.Float64, Compiler.Shapes.Shape.Of(i.Shape)))];

    static NdArray Evaluate(MultiResultOp op, NdArray[] inputs) =>
        op.Reference(new ReferenceCall(inputs, op.Infer(Types(inputs)).Shape.Evaluate(_ => 0), d => d.Value, (_, _) => 0));

    // Behind the end of a sequence only the carried states mean something.
    static void Near<T>(double[] expected, ReadOnlySpan<T> actual, double tolerance, Sizes s, int states, int[]? lengths) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < expected.Length; i++)
        {
            int width = s.Cell.States * s.Hidden, row = (i - states) / width;
            if (lengths is not null && states > 0 && i >= states && row < s.Batch * s.Steps && row % s.Steps >= lengths[row / s.Steps] && (i - states) % width >= s.Carried) continue;
            Assert.True(Math.Abs(expected[i] - double.CreateChecked(actual[i])) <= tolerance, $"{s}: element {i}: expected {expected[i]:R}, got {actual[i]}");
        }
    }
}
