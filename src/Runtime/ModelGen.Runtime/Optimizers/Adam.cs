using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), with PyTorch's formula and defaults (torch.optim.Adam).
/// The weight decay is an L2 penalty: it is added to the gradient.
/// </summary>
public sealed unsafe class Adam : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="beta1">The decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">The decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : base(learningRate, slotCount: 2, weightDecay)
    {
        (Beta1, Beta2) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; }

    private protected override bool IsElementwise => true;

    private protected override void Prepare(OptimizerSlots slots) => slots.Corrections = AdamRule.Corrections(slots.StepCount + 1, Beta1, Beta2);

    internal override string SlotName(int slot) => slot == 0 ? "exp_avg" : "exp_avg_sq";

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(Rule(range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(Rule(range), team, range, values, gradients);

    AdamRule Rule(in UpdateRange range) => new(range, Beta1, Beta2, Epsilon, decoupled: false);
}
