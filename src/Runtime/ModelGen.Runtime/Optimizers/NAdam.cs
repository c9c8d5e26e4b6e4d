using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov Momentum into Adam", 2016), with PyTorch's formula and defaults (torch.optim.NAdam):
/// μₜ = β₁ (1 - 0.96^(t δ) / 2); m and v as in Adam; d = √(v / (1 - β₂ᵗ)) + ε; w ← w - η (1 - μₜ) / (1 - ∏μ) · g / d - η μₜ₊₁ / (1 - ∏μ · μₜ₊₁) · m / d.
/// The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class NAdam : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">The decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square, at least 0.</param>
    /// <param name="momentumDecay">How fast the momentum approaches β₁: δ, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public NAdam(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double momentumDecay = 4e-3, double weightDecay = 0)
        : base(learningRate, slotCount: 2, weightDecay)
    {
        (Beta1, Beta2, Epsilon, MomentumDecay) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)), NonNegative(epsilon, nameof(epsilon)), NonNegative(momentumDecay, nameof(momentumDecay)));
    }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; }

    /// <summary>How fast the momentum approaches β₁: δ.</summary>
    public double MomentumDecay { get; }

    /// <summary>The momentum of a step, which grows towards β₁.</summary>
    double Momentum(long step) => Beta1 * (1 - (0.5 * Math.Pow(0.96, step * MomentumDecay)));

    private protected override void Complete(OptimizerSlots slots) => slots.MomentumProduct *= Momentum(slots.StepCount + 1);

    internal override string SlotName(int slot) => slot == 0 ? "exp_avg" : "exp_avg_sq";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(NAdam settings, in UpdateRange range) : IUpdateRule
    {
        readonly double beta1 = settings.Beta1, beta2 = settings.Beta2, epsilon = settings.Epsilon, decay = range.WeightDecay;
        readonly double rootCorrection = 1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, range.Step));
        readonly double ofGradient = -range.LearningRate * (1 - settings.Momentum(range.Step)) / (1 - (range.Slots.MomentumProduct * settings.Momentum(range.Step)));
        readonly double ofMean = -range.LearningRate * settings.Momentum(range.Step + 1)
            / (1 - (range.Slots.MomentumProduct * settings.Momentum(range.Step) * settings.Momentum(range.Step + 1)));

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V penalty = V.FromDouble(decay), small = V.FromDouble(epsilon), root = V.FromDouble(rootCorrection), stepG = V.FromDouble(ofGradient), stepM = V.FromDouble(ofMean);
            V rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), rest2 = V.FromDouble(1 - beta2);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.MultiplyAdd(penalty, w, V.LoadPartial(gradients + i, left));
                V m = V.LoadPartial(slot0 + i, left);
                m = V.MultiplyAdd(rest1, g - m, m);
                V v = V.MultiplyAdd(rest2 * g, g, keep2 * V.LoadPartial(slot1 + i, left));
                m.StorePartial(slot0 + i, left);
                v.StorePartial(slot1 + i, left);
                V denominator = V.MultiplyAdd(V.Sqrt(v), root, small);
                (w + (V.MultiplyAdd(stepG, g, stepM * m) / denominator)).StorePartial(values + i, left);
            }
        }
    }
}
