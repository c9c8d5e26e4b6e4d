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
    /// <summary>
    /// The hidden states [Batch, Steps, H], the last carried states [Batch, H] and, where they are kept, all states [Batch, Steps, 5 H], one after another,
    /// from the input's part of the gates [Batch, Steps, 3 H] and the weights [H, 3 H].
    /// </summary>
    public static void Forward<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* initial, int* lengths, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, bias, initial, lengths, y);

    /// <summary>The gradients of r, z, m and n [Batch, Steps, 4 H], of which the first three belong to the weights of the hidden state, and r, z and n to those of the input; behind them, where it is wanted, that of the initial states [Batch, H].</summary>
    public static void Backward<V, T>(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* dlast, T* initial, int* lengths, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Backward(team, shape, states, weight, dy, dlast, initial, lengths, gradient);

    readonly struct Cell<V, T> : IRecurrentCell<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        public static int Gates => 3;
        public static int States => 5;
        public static int Carried => 1;
        public static int Gradients => 4;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(T* input, T* product, T* bias, T* previous, T* state, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V r = V.Sigmoid(V.LoadPartial(input + c, left) + V.LoadPartial(product + c, left) + V.LoadPartial(bias + c, left));
                V z = V.Sigmoid(V.LoadPartial(input + hidden + c, left) + V.LoadPartial(product + hidden + c, left) + V.LoadPartial(bias + hidden + c, left));
                V m = V.LoadPartial(product + 2 * hidden + c, left) + V.LoadPartial(bias + 2 * hidden + c, left);
                V n = V.Tanh(V.LoadPartial(input + 2 * hidden + c, left) + r * m);
                (n + z * (V.LoadPartial(previous + c, left) - n)).StorePartial(state + c, left);
                r.StorePartial(state + hidden + c, left);
                z.StorePartial(state + 2 * hidden + c, left);
                n.StorePartial(state + 3 * hidden + c, left);
                m.StorePartial(state + 4 * hidden + c, left);
            }
        }

        // The carry is z dL/dh, which goes to h' past the weights.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(T* dy, T* product, T* carry, T* state, T* previous, T* gradient, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V r = V.LoadPartial(state + hidden + c, left), z = V.LoadPartial(state + 2 * hidden + c, left);
                V n = V.LoadPartial(state + 3 * hidden + c, left), m = V.LoadPartial(state + 4 * hidden + c, left);
                V dh = V.LoadPartial(dy + c, left) + V.LoadPartial(product + c, left) + V.LoadPartial(carry + c, left);
                V dn = dh * (V.One - z) * (V.One - n * n);
                (dn * m * r * (V.One - r)).StorePartial(gradient + c, left);
                (dh * (V.LoadPartial(previous + c, left) - n) * z * (V.One - z)).StorePartial(gradient + hidden + c, left);
                (dn * r).StorePartial(gradient + 2 * hidden + c, left);
                dn.StorePartial(gradient + 3 * hidden + c, left);
                (dh * z).StorePartial(carry + c, left);
            }
        }
    }
}
