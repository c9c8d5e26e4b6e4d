using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>What a generated model holds, as far as it does not depend on the element type.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ModelState
{
    private protected ModelState(ModelLayout layout, Precision precision)
    {
        (Layout, Precision, Gate, Pending) = (layout, precision, new UsageGate(layout.ModelName), new PendingGradients(layout));
        Parameters = new ParameterSet(this, layout);
    }

    /// <summary>Names, shapes and places of the tensors.</summary>
    public ModelLayout Layout { get; }

    /// <summary>The tensors by name.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The seed of the weights and of the random streams.</summary>
    public ulong Seed { get; internal set; }

    /// <summary>How many training steps were done since the weights were drawn or loaded: the second key of the random streams.</summary>
    public long StepCount { get; set; }

    internal Precision Precision { get; }

    /// <summary>Whether the gradients can be read: a training step uses them up, and a call that fails leaves parts.</summary>
    internal bool GradientsAreKept { get; set; } = true;

    /// <summary>The gradients that wait for an update.</summary>
    internal PendingGradients Pending { get; }

    /// <summary>What the losses of accumulated gradients are multiplied by, and their sums checked with; null for nothing. Set by the trainer, which knows the optimizer.</summary>
    internal LossScaling? AccumulatedScaling { get; set; }

    internal UsageGate Gate { get; }
    internal string ModelName => Layout.ModelName;

    /// <summary>Weights, and gradients as far as they are allocated.</summary>
    internal abstract IEnumerable<NativeArray> Memory { get; }

    /// <summary>Begins a call that has the model for itself.</summary>
    internal void BeginWrite(string member) => Gate.EnterWrite(member);

    /// <summary>Ends it: the weights may be others.</summary>
    internal abstract void EndWrite();

    /// <summary>Copies logical elements of one tensor, from <paramref name="first"/> on, out of the arena.</summary>
    internal abstract void Read<U>(ParameterLayout parameter, bool gradient, int first, Span<U> destination) where U : unmanaged, INumberBase<U>;

    /// <summary>Copies logical elements of one tensor, from <paramref name="first"/> on, into the arena.</summary>
    internal abstract void Write<U>(ParameterLayout parameter, bool gradient, int first, ReadOnlySpan<U> source) where U : unmanaged, INumberBase<U>;

    /// <summary>Overwrites the logical elements of some tensors, in one call: all or none.</summary>
    internal abstract void WriteAll(IReadOnlyList<(ParameterLayout Parameter, double[] Values)> all);

    /// <summary>Makes all gradients readable after a call has computed some.</summary>
    /// <param name="ranges">First element and count of each range of weights that it has computed, in pairs.</param>
    /// <param name="others">Whether those of other tensors are still there; if not, they become zeros.</param>
    internal abstract void KeepGradients(ReadOnlySpan<long> ranges, bool others);

    /// <summary>Adds the gradients of a call, which are apart, to those that wait.</summary>
    /// <param name="weight">What they are multiplied by.</param>
    /// <param name="ranges">First element and count of each range of weights that the call trains, in pairs.</param>
    internal abstract void Accumulate(double weight, ReadOnlySpan<long> ranges);

    /// <summary>Writes all tensors to a file, rounded to a format.</summary>
    internal abstract void Save(string path, StorageFormat format);

    /// <summary>Updates the weights whose gradients wait.</summary>
    internal abstract void Step(Optimizer optimizer);

    /// <summary>Moves values a part of the way towards those of a source, which may be this model itself.</summary>
    internal abstract void Blend(ModelState source, IReadOnlyList<(ParameterLayout From, ParameterLayout To)> pairs, double fraction);

    /// <summary>The logical elements of one tensor; the caller holds the gate.</summary>
    internal abstract void GatherValues<U>(ParameterLayout parameter, Span<U> destination) where U : unmanaged, INumberBase<U>;

    /// <summary>The logical elements of one tensor, from an array that lies as the arena does.</summary>
    internal abstract unsafe void GatherSlot<U>(ParameterLayout parameter, void* slot, Span<U> destination) where U : unmanaged, INumberBase<U>;

    /// <summary>Overwrites them.</summary>
    internal abstract unsafe void ScatterSlot<U>(ParameterLayout parameter, void* slot, ReadOnlySpan<U> source) where U : unmanaged, INumberBase<U>;
}
