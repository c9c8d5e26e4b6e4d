using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adamax (Kingma and Ba, "Adam", 2015, section 7.1), with PyTorch's formula and defaults (torch.optim.Adamax): m ← m + (1 - β₁)(g - m);
/// u ← max(β₂ u, |g| + ε); w ← w - η / (1 - β₁ᵗ) · m / u. The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class Adamax : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">The decay of the largest gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the magnitude of the gradient, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adamax(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : base(learningRate, slotCount: 2, weightDecay)
    {
        (Beta1, Beta2, Epsilon) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the largest gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the magnitude of the gradient.</summary>
    public double Epsilon { get; }

    internal override string SlotName(int slot) => slot == 0 ? "exp_avg" : "exp_inf";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(Adamax settings, in UpdateRange range) : IUpdateRule
    {
        readonly double stepSize = range.LearningRate / (1 - Math.Pow(settings.Beta1, range.Step)), decay = range.WeightDecay;
        readonly double beta1 = settings.Beta1, beta2 = settings.Beta2, epsilon = settings.Epsilon;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V step = V.FromDouble(-stepSize), penalty = V.FromDouble(decay), rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), small = V.FromDouble(epsilon);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.MultiplyAdd(penalty, w, V.LoadPartial(gradients + i, left));
                V m = V.LoadPartial(slot0 + i, left);
                m = V.MultiplyAdd(rest1, g - m, m);
                V u = V.Max(keep2 * V.LoadPartial(slot1 + i, left), V.Abs(g) + small);
                m.StorePartial(slot0 + i, left);
                u.StorePartial(slot1 + i, left);
                V.MultiplyAdd(step, m / u, w).StorePartial(values + i, left);
            }
        }
    }
}
