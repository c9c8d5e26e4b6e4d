using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>The simple recurrent layer (Elman 1990): h = tanh(· + W h'). A row of states is h alone.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Rnn
{
    /// <summary>The hidden states [Batch, Steps, H], from the input's part [Batch, Steps, H] and the weights [H, H].</summary>
    public static void States<V, T>(Team team, in RecurrentShape shape, T* input, T* weight, T* states)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Forward(team, shape, input, weight, null, states, keep: true);

    /// <summary>The gradient of what is inside tanh [Batch, Steps, H].</summary>
    public static void Backward<V, T>(Team team, in RecurrentShape shape, T* states, T* weight, T* dy, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => Recurrence<V, T, Cell<V, T>>.Backward(team, shape, states, weight, dy, gradient);

    readonly struct Cell<V, T> : IRecurrentCell<V, T>
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        public static int Gates => 1;
        public static int States => 1;
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
