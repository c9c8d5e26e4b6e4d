using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// RMSprop (Tieleman and Hinton, "Lecture 6.5", Neural Networks for Machine Learning, 2012), with PyTorch's formula and defaults (torch.optim.RMSprop):
/// s ← α s + (1 - α) g²; d = √s + ε, or centred (Graves, 2013) √(s - ḡ²) + ε with ḡ ← α ḡ + (1 - α) g; w ← w - η g / d, or with momentum
/// b ← μ b + g / d; w ← w - η b. The weight decay is an L2 penalty: g ← g + λ w.
/// </summary>
public sealed unsafe class RmsProp : Optimizer
{
    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="alpha">The decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root, at least 0.</param>
    /// <param name="momentum">How much of the last direction is kept, at least 0.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient, at least 0.</param>
    /// <param name="centered">Whether the root is that of the variance, not of the mean square.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public RmsProp(double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double momentum = 0, double weightDecay = 0, bool centered = false)
        : base(learningRate, centered ? 3 : momentum == 0 ? 1 : 2, weightDecay)
    {
        (Alpha, Epsilon, Momentum, Centered) = (Fraction(alpha, nameof(alpha)), NonNegative(epsilon, nameof(epsilon)), NonNegative(momentum, nameof(momentum)), centered);
    }

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Alpha { get; }

    /// <summary>Added to the root.</summary>
    public double Epsilon { get; }

    /// <summary>How much of the last direction is kept.</summary>
    public double Momentum { get; }

    /// <summary>Whether the root is that of the variance, not of the mean square.</summary>
    public bool Centered { get; }

    internal override string SlotName(int slot) => slot switch { 0 => "square_avg", 1 => "momentum_buffer", _ => "grad_avg" };

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients) => UpdateRule.Run(new Rule(this, range), team, range, values, gradients);

    readonly struct Rule(RmsProp settings, in UpdateRange range) : IUpdateRule
    {
        readonly double learningRate = range.LearningRate, decay = range.WeightDecay, alpha = settings.Alpha, epsilon = settings.Epsilon, momentum = settings.Momentum;
        readonly bool centered = settings.Centered;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V rate = V.FromDouble(-learningRate), penalty = V.FromDouble(decay), keep = V.FromDouble(alpha), rest = V.FromDouble(1 - alpha);
            V small = V.FromDouble(epsilon), inertia = V.FromDouble(momentum);
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;   // partial loads and stores touch nothing beyond
                V w = V.LoadPartial(values + i, left);
                V g = V.MultiplyAdd(penalty, w, V.LoadPartial(gradients + i, left));
                V s = V.MultiplyAdd(rest * g, g, keep * V.LoadPartial(slot0 + i, left));
                s.StorePartial(slot0 + i, left);
                if (centered)
                {
                    V mean = V.MultiplyAdd(rest, g, keep * V.LoadPartial(slot2 + i, left));
                    mean.StorePartial(slot2 + i, left);
                    s -= mean * mean;
                }
                V direction = g / (V.Sqrt(s) + small);
                if (momentum != 0)
                {
                    direction = V.MultiplyAdd(inertia, V.LoadPartial(slot1 + i, left), direction);
                    direction.StorePartial(slot1 + i, left);
                }
                V.MultiplyAdd(rate, direction, w).StorePartial(values + i, left);
            }
        }
    }
}
