using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// One tensor of a model: a weight, or state that is saved with the weights (running statistics). Names, shapes and the order of elements are
/// PyTorch's, however the model stores them.
/// </summary>
public sealed class Parameter
{
    readonly ParameterLayout layout;
    readonly ModelState state;
    readonly ParameterView? gradient;
    IReadOnlyList<int>? shape;

    internal Parameter(ModelState state, ParameterLayout layout)
    {
        (this.state, this.layout) = (state, layout);
        Values = new ParameterView(state, layout, gradient: false);
        if (layout.HasGradient) gradient = new ParameterView(state, layout, gradient: true);
    }

    /// <summary>As in PyTorch's <c>state_dict</c>: <c>conv1.weight</c>, <c>blocks.0.norm1.bias</c>.</summary>
    public string Name => layout.Name;

    /// <summary>The sizes of the axes: <c>[out, in]</c> for a linear layer, <c>[out, in / groups, height, width]</c> for a convolution.</summary>
    public IReadOnlyList<int> Shape => shape ??= Array.AsReadOnly(layout.Shape);

    /// <summary>The number of elements.</summary>
    public int Length => layout.Length;

    /// <summary>The element type.</summary>
    public Precision Precision => state.Precision;

    /// <summary>True when training leaves it as it is, by <c>[Layer(Frozen = true)]</c> or because its layer adapts it (<see cref="LoraLinear"/>).</summary>
    public bool IsFrozen => layout.Frozen;

    /// <summary>False for state that is not a weight: running statistics.</summary>
    public bool IsTrainable => layout.Trainable;

    /// <summary>The elements.</summary>
    public ParameterView Values { get; }

    /// <summary>
    /// The gradient of the last ComputeGradients, with what AccumulateGradients has added since; zeros before the first. Its elements cannot be read after a
    /// training step, which uses up each gradient as it is made and keeps none, or after one or a ComputeGradients that failed (<see cref="InvalidOperationException"/>). One
    /// that is written is what the next <see cref="Optimizer.Step"/> takes; elements that are not written are 0 where there was no gradient to read.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has none: it is frozen, or state.</exception>
    public ParameterView Gradient => gradient ?? throw new InvalidOperationException(
        $"'{Name}' of {state.ModelName} has no gradient: it is {(layout.Trainable ? "frozen" : "state, which is not trained")}.");

    internal ParameterLayout Layout => layout;

    /// <summary>Draws the values again: <c>net.Parameters["hidden.weight"].Initialize(Initializer.KaimingNormal())</c>.</summary>
    /// <param name="initializer">How.</param>
    /// <param name="seed">With the name, the seed of the random stream.</param>
    /// <exception cref="ArgumentException">The initialiser needs a fan-in, and the tensor has fewer than two axes. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public void Initialize(Initializer initializer, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        Values.CopyFrom(Draw(initializer, seed));
    }

    /// <summary>The values that an initialiser draws.</summary>
    internal double[] Draw(Initializer initializer, ulong seed)
    {
        var drawn = new double[Length];
        initializer.Fill(Name, layout.Shape, new InitializerStream(seed, Name), drawn);
        return drawn;
    }

    /// <summary>For example <c>conv1.weight [16, 1, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name} {layout.ShapeText}";
}
