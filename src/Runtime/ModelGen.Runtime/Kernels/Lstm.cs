using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Long short-term memory: i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c). A row of states is h, c, i, f, g, o.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Lstm
{
    /// <summary>
    /// The hidden states [Batch, Steps, H], the last carried states [Batch, 2 H] and, where they are kept, all states [Batch, Steps, 6 H], one after another,
    /// from the input's part of the gates [Batch, Steps, 4 H] and the weights [H, 4 H].
    /// </summary>
    public static void Forward<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* initial, int* lengths, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, bias, initial, lengths, y);

    /// <summary>The gradients of i, f, g and o [Batch, Steps, 4 H]; behind them, where it is wanted, that of the initial states [Batch, 2 H].</summary>
    public static void Backward<V, T>(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* dlast, T* initial, int* lengths, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Backward(team, shape, states, weight, dy, dlast, initial, lengths, gradient);

    readonly struct Cell<V, T> : IRecurrentCell<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        public static int Gates => 4;
        public static int States => 6;
        public static int Carried => 2;
        public static int Gradients => 4;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(T* input, T* product, T* bias, T* previous, T* state, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V i = V.Sigmoid(V.LoadPartial(input + c, left) + V.LoadPartial(product + c, left));
                V f = V.Sigmoid(V.LoadPartial(input + hidden + c, left) + V.LoadPartial(product + hidden + c, left));
                V g = V.Tanh(V.LoadPartial(input + 2 * hidden + c, left) + V.LoadPartial(product + 2 * hidden + c, left));
                V o = V.Sigmoid(V.LoadPartial(input + 3 * hidden + c, left) + V.LoadPartial(product + 3 * hidden + c, left));
                V cell = f * V.LoadPartial(previous + hidden + c, left) + i * g;
                (o * V.Tanh(cell)).StorePartial(state + c, left);
                cell.StorePartial(state + hidden + c, left);
                i.StorePartial(state + 2 * hidden + c, left);
                f.StorePartial(state + 3 * hidden + c, left);
                g.StorePartial(state + 4 * hidden + c, left);
                o.StorePartial(state + 5 * hidden + c, left);
            }
        }

        // The carry is dL/dc.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(T* dy, T* product, T* carry, T* state, T* previous, T* gradient, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V i = V.LoadPartial(state + 2 * hidden + c, left), f = V.LoadPartial(state + 3 * hidden + c, left);
                V g = V.LoadPartial(state + 4 * hidden + c, left), o = V.LoadPartial(state + 5 * hidden + c, left);
                V tanh = V.Tanh(V.LoadPartial(state + hidden + c, left));
                V dh = V.LoadPartial(dy + c, left) + V.LoadPartial(product + c, left);
                V dc = V.LoadPartial(carry + c, left) + dh * o * (V.One - tanh * tanh);
                (dc * g * i * (V.One - i)).StorePartial(gradient + c, left);
                (dc * V.LoadPartial(previous + hidden + c, left) * f * (V.One - f)).StorePartial(gradient + hidden + c, left);
                (dc * i * (V.One - g * g)).StorePartial(gradient + 2 * hidden + c, left);
                (dh * tanh * o * (V.One - o)).StorePartial(gradient + 3 * hidden + c, left);
                (dc * f).StorePartial(carry + c, left);
            }
        }
    }
}
