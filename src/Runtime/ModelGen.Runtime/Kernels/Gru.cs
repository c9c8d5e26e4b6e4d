using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Gated recurrent unit, with PyTorch's place of the reset gate: r, z = σ(·), m = Wₙ h' + bₙ, n = tanh(· + r m), h = n + z (h' - n). A row of states is
/// h, r, z, n, m.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Gru
{
    /// <summary>All states [Batch, Steps, 5 H], from the input's part of the gates [Batch, Steps, 3 H], the weights [H, 3 H] and their bias [3 H].</summary>
    public static void States<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* states)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, bias, states, keep: true);

    /// <summary>The hidden states [Batch, Steps, H] alone.</summary>
    public static void Output<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, bias, y, keep: false);

    /// <summary>
    /// The gradients of r, z, m and n [Batch, Steps, 4 H]: the first three belong to the weights of the hidden state; r, z and n to those of the input.
    /// </summary>
    public static void Backward<V, T>(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Backward(team, shape, states, weight, dy, gradient);

    readonly struct Cell<V, T> : IRecurrentCell<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        public static int Gates => 3;
        public static int States => 5;
        public static int Gradients => 4;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(T* input, T* product, T* bias, T* previous, T* state, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V r = V.Sigmoid(Lanes.Load<V, T>(input + c, left) + Lanes.Load<V, T>(product + c, left) + Lanes.Load<V, T>(bias + c, left));
                V z = V.Sigmoid(Lanes.Load<V, T>(input + hidden + c, left) + Lanes.Load<V, T>(product + hidden + c, left) + Lanes.Load<V, T>(bias + hidden + c, left));
                V m = Lanes.Load<V, T>(product + 2 * hidden + c, left) + Lanes.Load<V, T>(bias + 2 * hidden + c, left);
                V n = V.Tanh(Lanes.Load<V, T>(input + 2 * hidden + c, left) + r * m);
                Lanes.Store<V, T>(n + z * (Lanes.Load<V, T>(previous + c, left) - n), state + c, left);
                Lanes.Store<V, T>(r, state + hidden + c, left);
                Lanes.Store<V, T>(z, state + 2 * hidden + c, left);
                Lanes.Store<V, T>(n, state + 3 * hidden + c, left);
                Lanes.Store<V, T>(m, state + 4 * hidden + c, left);
            }
        }

        // The carry is z dL/dh, which goes to h' past the weights.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(T* dy, T* product, T* carry, T* state, T* previous, T* gradient, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V r = Lanes.Load<V, T>(state + hidden + c, left), z = Lanes.Load<V, T>(state + 2 * hidden + c, left);
                V n = Lanes.Load<V, T>(state + 3 * hidden + c, left), m = Lanes.Load<V, T>(state + 4 * hidden + c, left);
                V dh = Lanes.Load<V, T>(dy + c, left) + Lanes.Load<V, T>(product + c, left) + Lanes.Load<V, T>(carry + c, left);
                V dn = dh * (V.One - z) * (V.One - n * n);
                Lanes.Store<V, T>(dn * m * r * (V.One - r), gradient + c, left);
                Lanes.Store<V, T>(dh * (Lanes.Load<V, T>(previous + c, left) - n) * z * (V.One - z), gradient + hidden + c, left);
                Lanes.Store<V, T>(dn * r, gradient + 2 * hidden + c, left);
                Lanes.Store<V, T>(dn, gradient + 3 * hidden + c, left);
                Lanes.Store<V, T>(dh * z, carry + c, left);
            }
        }
    }
}
