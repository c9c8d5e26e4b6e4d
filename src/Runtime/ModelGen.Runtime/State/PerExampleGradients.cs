using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// What <c>model.ComputePerExampleGradients(...)</c> fills: for each example of a batch its loss, the norm of its own gradient, and that gradient. The mean of the gradients, each limited
/// to <see cref="MaxNorm"/>, waits in the model for <see cref="Optimizer.Step"/>.
/// </summary>
/// <remarks>
/// For training with differential privacy (M. Abadi et al. 2016: limit each example's gradient, add noise to the mean), for sampling by the norm of gradients, and for measuring the
/// influence of examples. One object serves one call at a time; it keeps its memory between calls.
/// </remarks>
public sealed unsafe class PerExampleGradients : IDisposable
{
    readonly bool keep = true;
    double maxNorm = double.PositiveInfinity;
    double[] losses = [], norms = [], shares = [], squares = [];
    long[] trained = [];
    int trainedNumbers, count, busy;
    string member = "";
    ModelState? state;
    ModelLayout? lastLayout;
    NativeArray? rows;

    /// <summary>Limits the gradient of each example in the mean: g · min(1, MaxNorm / |g|), with |g| over all weights together. Infinity, the default, limits nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double MaxNorm
    {
        get => maxNorm;
        set => maxNorm = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "'MaxNorm' must be above 0.");
    }

    /// <summary>
    /// Whether all gradients are kept, for <see cref="CopyTo(int, string, Span{float})"/>: memory for as many copies of the weights as there are examples. Without, losses, norms and the
    /// mean are all there is, and a large batch takes no more memory than a small one.
    /// </summary>
    public bool KeepsGradients
    {
        get => keep;
        init => keep = value;
    }

    /// <summary>The examples of the last call; 0 before the first, and after one that failed.</summary>
    public int Count => count;

    /// <summary>The loss of each example. Valid until the next call.</summary>
    public ReadOnlySpan<double> Losses => losses.AsSpan(0, count);

    /// <summary>The norm of each example's gradient, √Σ g², over all weights that the objective trains; not limited. Valid until the next call.</summary>
    public ReadOnlySpan<double> Norms => norms.AsSpan(0, count);

    /// <summary>Copies the gradient of one parameter by one example, in the order of <see cref="Parameter.Shape"/>; not limited.</summary>
    /// <param name="example">Which one, from 0.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="destination">As many elements as the parameter has.</param>
    /// <exception cref="InvalidOperationException">The gradients are not kept.</exception>
    /// <exception cref="KeyNotFoundException">The model has no such parameter; the message lists near names.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    /// <exception cref="ArgumentException">The objective does not train the parameter, or the destination has another length.</exception>
    public void CopyTo(int example, string parameter, Span<float> destination) => Copy(example, 1, parameter, destination);

    /// <inheritdoc cref="CopyTo(int, string, Span{float})"/>
    public void CopyTo(int example, string parameter, Span<double> destination) => Copy(example, 1, parameter, destination);

    /// <summary>Copies the gradients of one parameter by all examples, [examples, ...the parameter's shape]; not limited.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="destination"><see cref="Count"/> times as many elements as the parameter has.</param>
    /// <exception cref="InvalidOperationException">The gradients are not kept.</exception>
    /// <exception cref="KeyNotFoundException">The model has no such parameter; the message lists near names.</exception>
    /// <exception cref="ArgumentException">The objective does not train the parameter, or the destination has another length.</exception>
    public void CopyTo(string parameter, Span<float> destination) => Copy(0, count, parameter, destination);

    /// <inheritdoc cref="CopyTo(string, Span{float})"/>
    public void CopyTo(string parameter, Span<double> destination) => Copy(0, count, parameter, destination);

    /// <summary>Frees the memory.</summary>
    /// <exception cref="InvalidOperationException">A call is filling it.</exception>
    public void Dispose()
    {
        Enter();
        (count, state) = (0, null);
        rows?.Dispose();
        rows = null;
        Exit();
    }

    void Copy<U>(int example, int examples, string parameter, Span<U> destination) where U : unmanaged, INumberBase<U>
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!keep) throw new InvalidOperationException("The gradients of single examples are not kept: leave KeepsGradients true.");
        if (state is null || count == 0) throw new InvalidOperationException("There are no gradients of single examples yet: call ComputePerExampleGradients first.");
        if ((uint)example >= (uint)count) throw new ArgumentOutOfRangeException(nameof(example), example, string.Create(CultureInfo.InvariantCulture, $"There are the examples 0 to {count - 1}."));
        var layout = state.Parameters[parameter].Layout;
        if (!IsTrained(layout)) throw new ArgumentException($"'{parameter}' of {state.ModelName} has no gradient: '{member}' does not train it.", nameof(parameter));
        if (destination.Length != (long)examples * layout.Length) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"'{parameter}' {layout.ShapeText} has {layout.Length} elements, with {examples} examples {(long)examples * layout.Length}, but the destination has {destination.Length}."), nameof(destination));
        Enter();
        try
        {
            long stride = Stride(state) * (state.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
            for (int i = 0; i < examples; i++) state.GatherSlot(layout, (byte*)rows!.Pointer + ((example + i) * stride), destination.Slice(i * layout.Length, layout.Length));
        }
        finally
        {
            Exit();
        }
    }

    bool IsTrained(ParameterLayout layout)
    {
        if (!layout.HasGradient) return false;
        for (int i = 0; i < trainedNumbers; i += 2)
            if (layout.Offset >= trained[i] && layout.Offset < trained[i] + trained[i + 1]) return true;
        return false;
    }

    // ---- a call

    /// <summary>Elements from one example's gradients to the next one's: whole cache lines.</summary>
    internal static long Stride(ModelState state) => (state.Layout.TrainableElements + NativeArray.Alignment - 1) / NativeArray.Alignment * NativeArray.Alignment;

    internal double[] AllLosses => losses;
    internal double[] AllNorms => norms;

    /// <summary>What each gradient is multiplied by in the mean's sum.</summary>
    internal double[] Shares => shares;

    /// <summary>Sums of squares, those of one thread behind those of another.</summary>
    internal double[] Squares => squares;

    /// <summary>Takes the object for one call, with memory for so many examples, of which so many gradients are there at once.</summary>
    /// <exception cref="InvalidOperationException">Another call is filling it.</exception>
    internal void* Begin(ModelState model, int examples, int atOnce, int threads, int elementSize)
    {
        Enter();
        try
        {
            (count, state) = (0, null);
            if (losses.Length < examples) (losses, norms, shares) = (new double[examples], new double[examples], new double[examples]);
            long sums = threads * (long)GradientClip.Blocks(model.Layout.TrainableElements);
            if (squares.Length < sums) squares = new double[sums];
            long bytes = checked(atOnce * Stride(model) * elementSize);
            if (rows is null || rows.Bytes < bytes)
            {
                rows?.Dispose();
                rows = null;
                rows = new NativeArray(bytes);
            }
            // Between the tensors there are gaps, which nobody writes and norms pass over as zeros; another model has them elsewhere.
            else if (lastLayout != model.Layout)
            {
                NativeMemory.Clear(rows.Pointer, (nuint)rows.Bytes);
            }
            lastLayout = model.Layout;
            return rows.Pointer;
        }
        catch
        {
            Exit();
            throw;
        }
    }

    /// <summary>Says what the memory holds now.</summary>
    internal void Fill(ModelState model, string call, int examples, ReadOnlySpan<long> ranges)
    {
        (state, member, count, trainedNumbers) = (model, call, examples, ranges.Length);
        if (trained.Length < ranges.Length) trained = new long[ranges.Length];
        ranges.CopyTo(trained);
    }

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    internal void Exit() => Volatile.Write(ref busy, 0);

    void Enter()
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0) throw new InvalidOperationException("These PerExampleGradients are used by another call that is still running; give each thread its own.");
    }

    /// <summary>How many threads a call uses; measured for this object.</summary>
    internal ThreadChoice Threads { get; } = new();
}
