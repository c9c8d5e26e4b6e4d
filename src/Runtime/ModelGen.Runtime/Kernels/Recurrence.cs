using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// The loop over time of all recurrent layers. What the input gives to the gates was computed for all steps at once, before; here are the product with
/// the last hidden state and the cell. Sequences do not depend on each other: a member of the team takes some of them through all steps, without a barrier.
/// A step at or behind the end of its sequence leaves the states as they are and gives zero.
/// </summary>
static unsafe class Recurrence<V, T, Cell>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged
    where Cell : struct, IRecurrentCell<V, T>
{
    /// <summary>Steps forward.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes, and the places of the results.</param>
    /// <param name="input">[Batch, Steps, gates · H].</param>
    /// <param name="weight">[H, gates · H].</param>
    /// <param name="bias">[gates · H], or null.</param>
    /// <param name="initial">The carried states before the first step [Batch, carried · H]; null for zeros.</param>
    /// <param name="lengths">The elements of each sequence [Batch]; null when all have Steps.</param>
    /// <param name="y">The hidden states [Batch, Steps, H], the last carried states [Batch, carried · H], and where they are kept all states [Batch, Steps, states · H].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* initial, int* lengths, T* y)
    {
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint rows = to - from, hidden = shape.Hidden, gates = Cell.Gates * hidden, states = Cell.States * hidden, carried = Cell.Carried * hidden;
        bool keep = shape.States >= 0;
        T* kept = y + shape.States, last = y + shape.Last;
        nint packed = PackedMatrix<V, T>.Bytes(hidden, gates);
        byte* memory = team.Scratch(packed + (rows * gates + rows * states + (keep ? 0 : 2 * rows * states)) * sizeof(T));
        var matrix = new PackedMatrix<V, T>(weight, gates, 1, hidden, gates, rows, memory);
        T* product = (T*)(memory + packed), before = product + rows * gates, rolling = before + rows * states;
        nint beforeRow = states, stateRow = keep ? shape.Steps * states : states;
        NativeMemory.Clear(product, (nuint)((rows * gates + rows * states) * sizeof(T)));
        if (initial is not null)
            for (nint i = 0; i < rows; i++) Copy(initial + (from + i) * carried, before + i * states, carried);
        for (nint step = 0; step < shape.Steps; step++)
        {
            nint t = shape.Reverse != 0 ? shape.Steps - 1 - step : step;
            // Without keeping, two rows of states a sequence take turns.
            T* state = keep ? kept + (from * shape.Steps + t) * states : rolling + (step & 1) * rows * states;
            // Of zeros the product is known: it was cleared.
            if (step > 0 || initial is not null) matrix.Multiply(before, beforeRow, rows, product, gates);
            for (nint i = 0; i < rows; i++)
            {
                nint row = (from + i) * shape.Steps + t;
                if (lengths is not null && t >= lengths[from + i])
                {
                    Copy(before + i * beforeRow, state + i * stateRow, carried);
                    NativeMemory.Clear(y + row * hidden, (nuint)(hidden * sizeof(T)));
                    continue;
                }
                Cell.Forward(input + row * gates, product + i * gates, bias, before + i * beforeRow, state + i * stateRow, hidden);
                Copy(state + i * stateRow, y + row * hidden, hidden);
            }
            before = state;
            beforeRow = stateRow;
        }
        for (nint i = 0; i < rows; i++) Copy(before + i * beforeRow, last + (from + i) * carried, carried);
    }

    /// <summary>Steps back: the gradients of the gates.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes, and the place of the second result.</param>
    /// <param name="states">[Batch, Steps, states · H] of the way forward.</param>
    /// <param name="weight">[H, gates · H].</param>
    /// <param name="dy">The gradient of the hidden states [Batch, Steps, H]; null for zeros.</param>
    /// <param name="dlast">The gradient of the last carried states [Batch, carried · H]; null for zeros.</param>
    /// <param name="initial">The carried states before the first step; null for zeros.</param>
    /// <param name="lengths">The elements of each sequence [Batch]; null when all have Steps.</param>
    /// <param name="gradient">The gradients of the gates [Batch, Steps, gradients · H], and where it is wanted that of the initial states [Batch, carried · H].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Backward(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* dlast, T* initial, int* lengths, T* gradient)
    {
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint rows = to - from, hidden = shape.Hidden, gates = Cell.Gates * hidden, stateWidth = Cell.States * hidden, width = Cell.Gradients * hidden, carried = Cell.Carried * hidden;
        nint packed = PackedMatrix<V, T>.Bytes(gates, hidden);
        nint cleared = 3 * rows * hidden + stateWidth;
        byte* memory = team.Scratch(packed + cleared * sizeof(T));
        // The transposed weights: B[gate, h] = weight[h, gate].
        var matrix = new PackedMatrix<V, T>(weight, 1, gates, gates, hidden, rows, memory);
        T* product = (T*)(memory + packed), carry = product + rows * hidden, waiting = carry + rows * hidden, zero = waiting + rows * hidden;
        NativeMemory.Clear(product, (nuint)(cleared * sizeof(T)));
        if (dlast is not null)
            for (nint i = 0; i < rows; i++)
            {
                Copy(dlast + (from + i) * carried, product + i * hidden, hidden);
                if (Cell.Carried > 1) Copy(dlast + (from + i) * carried + hidden, carry + i * hidden, hidden);
            }
        nint forward = shape.Reverse != 0 ? -1 : 1;
        for (nint step = shape.Steps - 1; step >= 0; step--)
        {
            nint t = shape.Reverse != 0 ? shape.Steps - 1 - step : step;
            if (step < shape.Steps - 1) Through(matrix, shape, from, rows, t + forward, lengths, waiting, gradient, product);
            for (nint i = 0; i < rows; i++)
            {
                nint row = (from + i) * shape.Steps + t;
                if (lengths is not null && t >= lengths[from + i])
                {
                    // Nothing happened here: what came back waits for the step before.
                    NativeMemory.Clear(gradient + row * width, (nuint)(width * sizeof(T)));
                    Copy(product + i * hidden, waiting + i * hidden, hidden);
                    continue;
                }
                T* state = states + row * stateWidth;
                T* previous = step > 0 ? state - forward * stateWidth : initial is not null ? initial + (from + i) * carried : zero;
                Cell.Backward(dy is not null ? dy + row * hidden : zero, product + i * hidden, carry + i * hidden, state, previous, gradient + row * width, hidden);
            }
        }
        if (shape.Initial < 0) return;
        Through(matrix, shape, from, rows, shape.Reverse != 0 ? shape.Steps - 1 : 0, lengths, waiting, gradient, product);
        T* first = gradient + shape.Initial;
        for (nint i = 0; i < rows; i++)
        {
            T* row = first + (from + i) * carried;
            Copy(product + i * hidden, row, hidden);
            if (Cell.Carried > 1) Copy(carry + i * hidden, row + hidden, hidden);
            else RowSum.Add<V, T>(carry + i * hidden, row, hidden);
        }
    }

    // The gradient of the hidden state before step t: through the weights, or past a step that lies behind the end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Through(PackedMatrix<V, T> matrix, in RecurrentShape shape, nint from, nint rows, nint t, int* lengths, T* waiting, T* gradient, T* product)
    {
        nint hidden = shape.Hidden, width = Cell.Gradients * hidden;
        matrix.Multiply(gradient + (from * shape.Steps + t) * width, shape.Steps * width, rows, product, hidden);
        if (lengths is null) return;
        for (nint i = 0; i < rows; i++)
            if (t >= lengths[from + i]) Copy(waiting + i * hidden, product + i * hidden, hidden);
    }

    static void Copy(T* from, T* to, nint count) => NativeMemory.Copy(from, to, (nuint)(count * sizeof(T)));
}
