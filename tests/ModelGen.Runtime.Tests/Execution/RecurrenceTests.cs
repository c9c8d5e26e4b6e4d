using System.Numerics;
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
        RecurrentCell cell = name switch { "Lstm" => LstmCell.Instance, "Gru" => GruCell.Instance, _ => RnnCell.Instance };
        for (nint reverse = 0; reverse < 2; reverse++)
        {
            var shape = new RecurrentShape { Batch = batch, Steps = steps, Hidden = hidden, Reverse = reverse };
            Check<F32x16, float>(cell, shape, 2e-5);
            Check<F32x8, float>(cell, shape, 2e-5);
            Check<F32x4, float>(cell, shape, 2e-5);
            Check<F32x1, float>(cell, shape, 2e-5);
            Check<F64x4, double>(cell, shape, 1e-12);
            Check<F64x8, double>(cell, shape, 1e-12);
        }
    }

    static void Check<V, T>(RecurrentCell cell, RecurrentShape s, double tolerance)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int batch = (int)s.Batch, steps = (int)s.Steps, hidden = (int)s.Hidden, rows = batch * steps;
        using var input = new GuardedArray<T>(rows * cell.Gates * hidden).Randomize(1);
        using var weight = new GuardedArray<T>(hidden * cell.Gates * hidden).Randomize(2);
        using var bias = new GuardedArray<T>(cell.Gates * hidden).Randomize(3);
        using var dy = new GuardedArray<T>(rows * hidden).Randomize(4);
        foreach (ref T w in weight.Values) w /= T.CreateChecked(Math.Sqrt(hidden));   // the states stay moderate

        Compiler.Ir.NdArray Array(GuardedArray<T> from, params int[] shape) => new(shape, [.. from.Values.ToArray().Select(double.CreateChecked)]);
        Compiler.Ir.NdArray[] inputs = [Array(input, batch, steps, cell.Gates * hidden), Array(weight, hidden, cell.Gates * hidden), Array(bias, cell.Gates * hidden)];
        var states = Evaluate(new RecurrentStates(cell, outputOnly: false, s.Reverse != 0), [batch, steps, cell.States * hidden], inputs);
        var gradient = Evaluate(new RecurrentGradient(cell, s.Reverse != 0), [batch, steps, cell.Gradients * hidden], [states, inputs[1], Array(dy, batch, steps, hidden)]);

        T* pi = input.Pointer, pw = weight.Pointer, pb = bias.Pointer, pdy = dy.Pointer;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownStates = new GuardedArray<T>(states.Length);
            using var y = new GuardedArray<T>(rows * hidden);
            using var ownGradient = new GuardedArray<T>(gradient.Length);
            T* ps = ownStates.Pointer, py = y.Pointer, pg = ownGradient.Pointer;
            OnTeam.Run(threads, team =>
            {
                switch (cell.Name)
                {
                    case "Lstm": Lstm.States<V, T>(team, s, pi, pw, ps); Lstm.Output<V, T>(team, s, pi, pw, py); break;
                    case "Gru": Gru.States<V, T>(team, s, pi, pw, pb, ps); Gru.Output<V, T>(team, s, pi, pw, pb, py); break;
                    default: Rnn.States<V, T>(team, s, pi, pw, ps); Rnn.States<V, T>(team, s, pi, pw, py); break;
                }
                team.Barrier();
                switch (cell.Name)
                {
                    case "Lstm": Lstm.Backward<V, T>(team, s, ps, pw, pdy, pg); break;
                    case "Gru": Gru.Backward<V, T>(team, s, ps, pw, pdy, pg); break;
                    default: Rnn.Backward<V, T>(team, s, ps, pw, pdy, pg); break;
                }
            });
            Near(states.Data, ownStates.Values, tolerance);
            Near(gradient.Data, ownGradient.Values, tolerance);
            // The form that keeps nothing gives the very same hidden states.
            for (int i = 0; i < rows * hidden; i++) Assert.Equal(ownStates.Values[(i / hidden * cell.States * hidden) + (i % hidden)], y.Values[i]);
            T[] all = [.. ownStates.Values, .. ownGradient.Values];
            Assert.Equal(first ??= all, all);
        }
    }

    static Compiler.Ir.NdArray Evaluate(Compiler.Ir.Op op, int[] shape, Compiler.Ir.NdArray[] inputs) =>
        op.Reference(new Compiler.Ir.ReferenceCall(inputs, shape, _ => 0, (_, _) => 0));

    static void Near<T>(double[] expected, ReadOnlySpan<T> actual, double tolerance) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - double.CreateChecked(actual[i])) <= tolerance, $"element {i}: expected {expected[i]:R}, got {actual[i]}");
    }
}
