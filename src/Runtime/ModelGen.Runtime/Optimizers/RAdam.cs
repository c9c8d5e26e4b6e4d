using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Rectified Adam (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020), with PyTorch's formula and defaults (torch.optim.RAdam): m and v
/// as in Adam, m̂ = m / (1 - β₁ᵗ); ρ∞ = 2 / (1 - β₂) - 1, ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ). While ρ ≤ 5 the variance is not known well enough: w ← w - η m̂;
/// then w ← w - η m̂ r √(1 - β₂ᵗ) / (√v + ε) with r = √((ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ)). The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class RAdam : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">The decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public RAdam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : base(learningRate, slotCount: 2, weightDecay)
    {
        (Beta1, Beta2, Epsilon) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; }

    internal override string SlotName(int slot) => slot == 0 ? "exp_avg" : "exp_avg_sq";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(RAdam settings, in UpdateRange range) : IUpdateRule
    {
        readonly double beta1 = settings.Beta1, beta2 = settings.Beta2, epsilon = settings.Epsilon, decay = range.WeightDecay;
        readonly double stepSize = -range.LearningRate / (1 - Math.Pow(settings.Beta1, range.Step)), rectification = Rectification(settings.Beta2, range.Step);

        // r √(1 - β₂ᵗ), or 0 while ρ ≤ 5.
        static double Rectification(double beta2, long t)
        {
            double power = Math.Pow(beta2, t), last = (2 / (1 - beta2)) - 1, rho = last - (2 * t * power / (1 - power));
            return rho <= 5 ? 0 : Math.Sqrt((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho) * (1 - power));
        }

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            // 0: too early for the variance.
            bool adaptive = rectification > 0;
            V penalty = V.FromDouble(decay), small = V.FromDouble(epsilon), step = V.FromDouble(adaptive ? stepSize * rectification : stepSize);
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
                V.MultiplyAdd(step, adaptive ? m / (V.Sqrt(v) + small) : m, w).StorePartial(values + i, left);
            }
        }
    }
}
