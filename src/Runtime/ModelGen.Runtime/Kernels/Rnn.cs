using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>The simple recurrent layer (Elman 1990): h = tanh(· + W h'). A row of states is h alone.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Rnn
{
    /// <summary>
    /// The hidden states [Batch, Steps, H], the last carried states [Batch, H] and, where they are kept, all states [Batch, Steps, H], one after another,
    /// from the input's part of the gates [Batch, Steps, H] and the weights [H, H].
    /// </summary>
    public static void Forward<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* bias, T* initial, int* lengths, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, bias, initial, lengths, y);

    /// <summary>The gradients before the tanh [Batch, Steps, H]; behind them, where it is wanted, that of the initial states [Batch, H].</summary>
    public static void Backward<V, T>(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* dlast, T* initial, int* lengths, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Backward(team, shape, states, weight, dy, dlast, initial, lengths, gradient);

    readonly struct Cell<V, T> : IRecurrentCell<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        public static int Gates => 1;
        public static int States => 1;
        public static int Carried => 1;
        public static int Gradients => 1;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(T* input, T* product, T* bias, T* previous, T* state, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V.Tanh(V.LoadPartial(input + c, left) + V.LoadPartial(product + c, left)).StorePartial(state + c, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(T* dy, T* product, T* carry, T* state, T* previous, T* gradient, nint hidden)
        {
            for (nint c = 0; c < hidden; c += V.Count)
            {
                nint left = hidden - c;
                V h = V.LoadPartial(state + c, left);
                ((V.LoadPartial(dy + c, left) + V.LoadPartial(product + c, left)) * (V.One - h * h)).StorePartial(gradient + c, left);
            }
        }
    }
}
