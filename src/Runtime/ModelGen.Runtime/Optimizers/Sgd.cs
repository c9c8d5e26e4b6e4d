using System.Runtime.CompilerServices;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Stochastic gradient descent, with PyTorch's formula (torch.optim.SGD): g ← g + weightDecay w; b ← momentum b + (1 - dampening) g, and
/// b ← g in the first step; g ← b, or g + momentum b with Nesterov; w ← w - learningRate g.
/// </summary>
public sealed unsafe class Sgd : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="momentum">How much of the last direction is kept, at least 0.</param>
    /// <param name="dampening">How much of the gradient is held back from the momentum.</param>
    /// <param name="weightDecay">L2 penalty, at least 0.</param>
    /// <param name="nesterov">Looks ahead along the momentum; needs a momentum and no dampening.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov without momentum, or with dampening.</exception>
    public Sgd(double learningRate = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false)
        : base(learningRate, momentum == 0 ? 0 : 1, weightDecay)
    {
        if (!double.IsFinite(dampening)) throw new ArgumentOutOfRangeException(nameof(dampening), dampening, "'dampening' must be a finite number.");
        (Momentum, Dampening, Nesterov) = (NonNegative(momentum, nameof(momentum)), dampening, nesterov);
        if (nesterov && (momentum == 0 || dampening != 0)) throw new ArgumentException("Nesterov needs a momentum above 0 and no dampening.", nameof(nesterov));
    }

    /// <summary>How much of the last direction is kept.</summary>
    public double Momentum { get; }

    /// <summary>How much of the gradient is held back from the momentum.</summary>
    public double Dampening { get; }

    /// <summary>Whether it looks ahead along the momentum.</summary>
    public bool Nesterov { get; }

    private protected override bool IsElementwise => true;

    internal override string SlotName(int slot) => "momentum_buffer";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(Sgd sgd, in UpdateRange range) : IUpdateRule
    {
        readonly double learningRate = range.LearningRate, momentum = sgd.Momentum, decay = range.WeightDecay;
        readonly double share = range.Step == 1 ? 1 : 1 - sgd.Dampening;
        readonly bool nesterov = sgd.Nesterov;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V rate = V.FromDouble(-learningRate), keep = V.FromDouble(momentum), part = V.FromDouble(share), penalty = V.FromDouble(decay);
            bool ahead = nesterov;
            nint i = 0;
            if (slot0 == null)
            {
                for (; i + V.Count <= count; i += V.Count)
                {
                    V w = V.Load(values + i);
                    V.MultiplyAdd(rate, V.MultiplyAdd(penalty, w, V.Load(gradients + i)), w).Store(values + i);
                }
                if (i == count) return;
                V last = V.LoadPartial(values + i, count - i);
                V.MultiplyAdd(rate, V.MultiplyAdd(penalty, last, V.LoadPartial(gradients + i, count - i)), last).StorePartial(values + i, count - i);
                return;
            }
            for (; i + V.Count <= count; i += V.Count)
            {
                V w = V.Load(values + i), b = V.Load(slot0 + i);
                w = Move(w, V.Load(gradients + i), ref b);
                b.Store(slot0 + i);
                w.Store(values + i);
            }
            if (i < count)
            {
                V w = V.LoadPartial(values + i, count - i), b = V.LoadPartial(slot0 + i, count - i);
                w = Move(w, V.LoadPartial(gradients + i, count - i), ref b);
                b.StorePartial(slot0 + i, count - i);
                w.StorePartial(values + i, count - i);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            V Move(V w, V gradient, ref V b)
            {
                V g = V.MultiplyAdd(penalty, w, gradient);
                b = V.MultiplyAdd(keep, b, part * g);
                return V.MultiplyAdd(rate, ahead ? V.MultiplyAdd(keep, b, g) : b, w);
            }
        }
    }
}
