using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2): u = sign(β₁ m + (1 - β₁) g); w ← w - η (u + λ w);
/// m ← β₂ m + (1 - β₂) g. Every weight moves by η: rates are 3 to 10 times smaller than Adam's, and decays as much larger.
/// </summary>
public sealed unsafe class Lion : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The weight of the mean gradient in the direction, in [0, 1).</param>
    /// <param name="beta2">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="weightDecay">Decoupled weight decay, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(learningRate, slotCount: 1, weightDecay)
    {
        (Beta1, Beta2) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)));
    }

    /// <summary>The weight of the mean gradient in the direction.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta2 { get; }

    private protected override bool IsElementwise => true;

    internal override string SlotName(int slot) => "exp_avg";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(Lion settings, in UpdateRange range) : IUpdateRule
    {
        readonly double learningRate = range.LearningRate, shrink = 1 - (range.LearningRate * range.WeightDecay), beta1 = settings.Beta1, beta2 = settings.Beta2;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V up = V.FromDouble(learningRate), down = V.FromDouble(-learningRate), shrunk = V.FromDouble(shrink);
            V keep1 = V.FromDouble(beta1), rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), rest2 = V.FromDouble(1 - beta2);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.LoadPartial(gradients + i, left), m = V.LoadPartial(slot0 + i, left);
                V direction = V.MultiplyAdd(keep1, m, rest1 * g);
                V.MultiplyAdd(keep2, m, rest2 * g).StorePartial(slot0 + i, left);
                // The sign of 0 is 0, and that of NaN is NaN.
                V step = V.Select(V.GreaterThan(direction, V.Zero), down, V.Select(V.LessThan(direction, V.Zero), up, direction));
                V.MultiplyAdd(shrunk, w, step).StorePartial(values + i, left);
            }
        }
    }
}
