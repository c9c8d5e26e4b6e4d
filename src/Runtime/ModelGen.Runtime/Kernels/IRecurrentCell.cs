using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// One step of a recurrent layer for one sequence. A row of states is <see cref="States"/> groups of H elements, of which the first is the hidden
/// state; gates come in PyTorch's order.
/// </summary>
unsafe interface IRecurrentCell<V, T>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged
{
    /// <summary>Groups of H columns that the weights make.</summary>
    static abstract int Gates { get; }

    /// <summary>Groups of H that a step leaves for the next one and for the way back.</summary>
    static abstract int States { get; }

    /// <summary>The first groups of a row of states that the next step needs; the first is the hidden state.</summary>
    static abstract int Carried { get; }

    /// <summary>Groups of H that the way back gives; the first <see cref="Gates"/> of them go through the weights to the step before.</summary>
    static abstract int Gradients { get; }

    /// <summary>The new row of states.</summary>
    /// <param name="input">What the input gives to the gates.</param>
    /// <param name="product">The last hidden state times the weights.</param>
    /// <param name="bias">Added to the product; not read by cells that have none.</param>
    /// <param name="previous">The last row of states, of which the carried groups are there; zeros or the initial states at the first step.</param>
    /// <param name="state">The row to write.</param>
    /// <param name="hidden">H.</param>
    static abstract void Forward(T* input, T* product, T* bias, T* previous, T* state, nint hidden);

    /// <summary>The gradients of the gates.</summary>
    /// <param name="dy">The gradient of the hidden state as an output.</param>
    /// <param name="product">The gradient of the hidden state through the next step's weights; zeros at the last step.</param>
    /// <param name="carry">What else comes back from the next step, H elements; is replaced by what goes to the one before.</param>
    /// <param name="state">The row of states of this step.</param>
    /// <param name="previous">That of the step before, of which the carried groups are there; zeros or the initial states at the first.</param>
    /// <param name="gradient">The row to write.</param>
    /// <param name="hidden">H.</param>
    static abstract void Backward(T* dy, T* product, T* carry, T* state, T* previous, T* gradient, nint hidden);
}
