using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// The loop over time of all recurrent layers. What the input gives to the gates was computed for all steps at once, before; here are the product with
/// the last hidden state and the cell. Sequences do not depend on each other: a member of the team takes some of them through all steps, without a barrier.
/// </summary>
static unsafe class Recurrence<V, T, Cell>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged
    where Cell : struct, IRecurrentCell<V, T>
{
    /// <summary>Steps forward.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="input">[Batch, Steps, gates · H].</param>
    /// <param name="weight">[H, gates · H].</param>
    /// <param name="bias">[gates · H], or null.</param>
    /// <param name="y">All states [Batch, Steps, states · H], or the hidden ones alone [Batch, Steps, H].</param>
    /// <param name="keep">Whether all states are kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* y, bool keep)
    {
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint rows = to - from, hidden = shape.Hidden, gates = Cell.Gates * hidden, states = Cell.States * hidden, width = keep ? states : hidden;
        nint packed = PackedMatrix<V, T>.Bytes(hidden, gates);
        byte* memory = team.Scratch(packed + (rows * gates + states + (keep ? 0 : 2 * rows * states)) * sizeof(T));
        var matrix = new PackedMatrix<V, T>(weight, gates, 1, hidden, gates, rows, memory);
        T* product = (T*)(memory + packed), zero = product + rows * gates, rolling = zero + states;
        NativeMemory.Clear(product, (nuint)((rows * gates + states) * sizeof(T)));   // the first step has no last one
        nint back = shape.Reverse != 0 ? states : -states, stateRow = keep ? shape.Steps * states : states;
        for (nint step = 0; step < shape.Steps; step++)
        {
            nint t = shape.Reverse != 0 ? shape.Steps - 1 - step : step;
            // Without keeping, two rows of states a sequence take turns.
            T* state = keep ? y + (from * shape.Steps + t) * states : rolling + (step & 1) * rows * states;
            T* last = keep ? state + back : rolling + (1 - (step & 1)) * rows * states;
            if (step > 0) matrix.Multiply(last, stateRow, rows, product, gates);
            for (nint i = 0; i < rows; i++)
            {
                nint row = (from + i) * shape.Steps + t;
                Cell.Forward(input + row * gates, product + i * gates, bias, step == 0 ? zero : last + i * stateRow, state + i * stateRow, hidden);
                if (!keep) NativeMemory.Copy(state + i * stateRow, y + row * width, (nuint)(hidden * sizeof(T)));
            }
        }
    }

    /// <summary>Steps back: the gradients of the gates.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="states">[Batch, Steps, states · H] of the way forward.</param>
    /// <param name="weight">[H, gates · H].</param>
    /// <param name="dy">[Batch, Steps, H].</param>
    /// <param name="gradient">[Batch, Steps, gradients · H].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Backward(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* gradient)
    {
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint rows = to - from, hidden = shape.Hidden, gates = Cell.Gates * hidden, stateWidth = Cell.States * hidden, width = Cell.Gradients * hidden;
        nint packed = PackedMatrix<V, T>.Bytes(gates, hidden);
        nint cleared = 2 * rows * hidden + stateWidth;
        byte* memory = team.Scratch(packed + cleared * sizeof(T));
        // The transposed weights: B[gate, h] = weight[h, gate].
        var matrix = new PackedMatrix<V, T>(weight, 1, gates, gates, hidden, rows, memory);
        T* product = (T*)(memory + packed), carry = product + rows * hidden, zero = carry + rows * hidden;
        NativeMemory.Clear(product, (nuint)(cleared * sizeof(T)));
        nint forward = shape.Reverse != 0 ? -1 : 1;
        for (nint step = shape.Steps - 1; step >= 0; step--)
        {
            nint t = shape.Reverse != 0 ? shape.Steps - 1 - step : step;
            if (step < shape.Steps - 1) matrix.Multiply(gradient + (from * shape.Steps + t + forward) * width, shape.Steps * width, rows, product, hidden);
            for (nint i = 0; i < rows; i++)
            {
                nint row = (from + i) * shape.Steps + t;
                T* state = states + row * stateWidth;
                Cell.Backward(dy + row * hidden, product + i * hidden, carry + i * hidden, state, step == 0 ? zero : state - forward * stateWidth, gradient + row * width, hidden);
            }
        }
    }
}
