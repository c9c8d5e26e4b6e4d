using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>What a generated model holds, as far as it does not depend on the element type.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ModelState
{
    private protected ModelState(ModelLayout layout, Precision precision)
    {
        (Layout, Precision, Gate) = (layout, precision, new UsageGate(layout.ModelName));
        Parameters = new ParameterSet(this, layout);
    }

    /// <summary>Names, shapes and places of the tensors.</summary>
    public ModelLayout Layout { get; }

    /// <summary>The tensors by name.</summary>
    public ParameterSet Parameters { get; }

    internal Precision Precision { get; }

    /// <summary>Whether the gradients are those of the last call; a training step uses them up.</summary>
    internal bool GradientsAreKept { get; set; } = true;

    internal UsageGate Gate { get; }
    internal string ModelName => Layout.ModelName;

    /// <summary>Copies logical elements of one tensor, from <paramref name="first"/> on, out of the arena.</summary>
    internal abstract void Read<U>(ParameterLayout parameter, bool gradient, int first, Span<U> destination) where U : unmanaged, INumberBase<U>;

    /// <summary>Copies logical elements of one tensor, from <paramref name="first"/> on, into the arena.</summary>
    internal abstract void Write<U>(ParameterLayout parameter, bool gradient, int first, ReadOnlySpan<U> source) where U : unmanaged, INumberBase<U>;
}
