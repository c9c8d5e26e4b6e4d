using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012), with PyTorch's formula and defaults (torch.optim.Adadelta):
/// s ← ρ s + (1 - ρ) g²; d = √(a + ε) / √(s + ε) · g; a ← ρ a + (1 - ρ) d²; w ← w - η d. The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class Adadelta : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="rho">The decay of the mean squares, in [0, 1).</param>
    /// <param name="epsilon">Added below both roots, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adadelta(double learningRate = 1, double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0)
        : base(learningRate, slotCount: 2, weightDecay)
    {
        (Rho, Epsilon) = (Fraction(rho, nameof(rho)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>The decay of the mean squares.</summary>
    public double Rho { get; }

    /// <summary>Added below both roots.</summary>
    public double Epsilon { get; }

    internal override string SlotName(int slot) => slot == 0 ? "square_avg" : "acc_delta";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(Adadelta settings, in UpdateRange range) : IUpdateRule
    {
        readonly double learningRate = range.LearningRate, decay = range.WeightDecay, rho = settings.Rho, epsilon = settings.Epsilon;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V rate = V.FromDouble(-learningRate), penalty = V.FromDouble(decay), keep = V.FromDouble(rho), rest = V.FromDouble(1 - rho), small = V.FromDouble(epsilon);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.MultiplyAdd(penalty, w, V.LoadPartial(gradients + i, left));
                V s = V.MultiplyAdd(rest * g, g, keep * V.LoadPartial(slot0 + i, left));
                V a = V.LoadPartial(slot1 + i, left);
                V d = V.Sqrt(a + small) / V.Sqrt(s + small) * g;
                s.StorePartial(slot0 + i, left);
                V.MultiplyAdd(rest * d, d, keep * a).StorePartial(slot1 + i, left);
                V.MultiplyAdd(rate, d, w).StorePartial(values + i, left);
            }
        }
    }
}
