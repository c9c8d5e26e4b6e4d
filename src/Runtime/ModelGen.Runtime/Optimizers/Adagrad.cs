using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011), with PyTorch's formula and defaults (torch.optim.Adagrad):
/// s ← s + g²; w ← w - η / (1 + (t - 1) · rateDecay) · g / (√s + ε). The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class Adagrad : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="rateDecay">How fast the step size falls: by 1 + (t - 1) · rateDecay in step t, at least 0.</param>
    /// <param name="initialSum">What the sums of squares begin with, at least 0.</param>
    /// <param name="epsilon">Added to the root, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adagrad(double learningRate = 1e-2, double rateDecay = 0, double initialSum = 0, double epsilon = 1e-10, double weightDecay = 0)
        : base(learningRate, slotCount: 1, weightDecay)
    {
        (RateDecay, InitialSum, Epsilon) = (NonNegative(rateDecay, nameof(rateDecay)), NonNegative(initialSum, nameof(initialSum)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>How fast the step size falls: by 1 + (t - 1) · rateDecay in step t.</summary>
    public double RateDecay { get; }

    /// <summary>What the sums of squares begin with.</summary>
    public double InitialSum { get; }

    /// <summary>Added to the root.</summary>
    public double Epsilon { get; }

    internal override double SlotStart(int slot) => InitialSum;

    internal override string SlotName(int slot) => "sum";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(Adagrad settings, in UpdateRange range) : IUpdateRule
    {
        readonly double stepSize = range.LearningRate / (1 + ((range.Step - 1) * settings.RateDecay)), decay = range.WeightDecay, epsilon = settings.Epsilon;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V step = V.FromDouble(-stepSize), penalty = V.FromDouble(decay), small = V.FromDouble(epsilon);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.MultiplyAdd(penalty, w, V.LoadPartial(gradients + i, left));
                V s = V.MultiplyAdd(g, g, V.LoadPartial(slot0 + i, left));
                s.StorePartial(slot0 + i, left);
                V.MultiplyAdd(step, g / (V.Sqrt(s) + small), w).StorePartial(values + i, left);
            }
        }
    }
}
