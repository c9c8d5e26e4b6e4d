using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// LAMB (You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 Minutes", 2020, algorithm 2 with φ the identity): m and v as in Adam;
/// r = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε) + λ w; w ← w - η ‖w‖ / ‖r‖ · r, with the norms of each tensor; where one of them is 0 the quotient is 1.
/// </summary>
public sealed unsafe class Lamb : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">The decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square, at least 0.</param>
    /// <param name="weightDecay">Decoupled weight decay, a part of r, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Lamb(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-6, double weightDecay = 1e-2)
        : base(learningRate, slotCount: 3, weightDecay)
    {
        (Beta1, Beta2, Epsilon) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; }

    // First r and the norms of all tensors, then the step.
    internal override int PhaseCount => 2;

    internal override bool IsPerTensor => true;

    internal override string SlotName(int slot) => slot == 0 ? "exp_avg" : "exp_avg_sq";

    // The last one holds the direction of the step.
    internal override int SavedSlotCount => 2;

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients)
    {
        if (range.Phase == 1)
        {
            UpdateRule.Run(new StepRule(range), team, range, values, gradients);
            return;
        }
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint first = from; first < to; first += UpdateRule.Block)
            UpdateRule.Run(new DirectionRule(this, range, first / UpdateRule.Block), Team.Single, range.Part(first, nint.Min(UpdateRule.Block, to - first)), values, gradients);
    }

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients)
    {
        if (range.Phase == 1)
        {
            UpdateRule.Run(new StepRule(range), team, range, values, gradients);
            return;
        }
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint first = from; first < to; first += UpdateRule.Block)
            UpdateRule.Run(new DirectionRule(this, range, first / UpdateRule.Block), Team.Single, range.Part(first, nint.Min(UpdateRule.Block, to - first)), values, gradients);
    }

    /// <summary>Moments and direction of one block, and its part of both norms.</summary>
    readonly struct DirectionRule(Lamb settings, in UpdateRange range, long block) : IUpdateRule
    {
        readonly double beta1 = settings.Beta1, beta2 = settings.Beta2, epsilon = settings.Epsilon, decay = range.WeightDecay;
        readonly double correction = 1 / (1 - Math.Pow(settings.Beta1, range.Step)), rootCorrection = 1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, range.Step));
        readonly double* sums = range.Slots.BlockSum(range, block);

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V small = V.FromDouble(epsilon), penalty = V.FromDouble(decay), mean = V.FromDouble(correction), root = V.FromDouble(rootCorrection);
            V rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), rest2 = V.FromDouble(1 - beta2);
            V ofWeights = V.Zero, ofDirection = V.Zero;
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left), g = V.LoadPartial(gradients + i, left);
                V m = V.LoadPartial(slot0 + i, left);
                m = V.MultiplyAdd(rest1, g - m, m);
                V v = V.MultiplyAdd(rest2 * g, g, keep2 * V.LoadPartial(slot1 + i, left));
                m.StorePartial(slot0 + i, left);
                v.StorePartial(slot1 + i, left);
                V.MultiplyAdd(penalty, w, m * mean / V.MultiplyAdd(V.Sqrt(v), root, small)).StorePartial(slot2 + i, left);
                // Read back: the lanes beyond the end are 0 then, even where epsilon is 0.
                V r = V.LoadPartial(slot2 + i, left);
                ofWeights = V.MultiplyAdd(w, w, ofWeights);
                ofDirection = V.MultiplyAdd(r, r, ofDirection);
            }
            (sums[0], sums[1]) = (GradientClip.ToDouble(V.Sum(ofWeights)), GradientClip.ToDouble(V.Sum(ofDirection)));
        }
    }

    /// <summary>The step along the direction, as long as the norms of the whole tensor say.</summary>
    readonly struct StepRule(in UpdateRange range) : IUpdateRule
    {
        readonly double stepSize = range.LearningRate * Trust(range);

        // Every thread adds up the same numbers in the same order.
        static double Trust(in UpdateRange range)
        {
            double ofWeights = 0, ofDirection = 0;
            for (long block = 0; block * UpdateRule.Block < range.Count; block++)
            {
                double* sums = range.Slots.BlockSum(range, block);
                ofWeights += sums[0];
                ofDirection += sums[1];
            }
            return ofWeights > 0 && ofDirection > 0 ? Math.Sqrt(ofWeights / ofDirection) : 1;
        }

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V step = V.FromDouble(-stepSize);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;
                V.MultiplyAdd(step, V.LoadPartial(slot2 + i, left), V.LoadPartial(values + i, left)).StorePartial(values + i, left);
            }
        }
    }
}
