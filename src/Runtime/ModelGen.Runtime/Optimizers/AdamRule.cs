namespace ModelGen.Execution;

/// <summary>
/// Adam (Kingma and Ba, 2015) with PyTorch's formula: m ← m + (1 - β₁)(g - m); v ← β₂ v + (1 - β₂) g²;
/// w ← w - (η / (1 - β₁ᵗ)) m / (√v / √(1 - β₂ᵗ) + ε). The decay is an L2 penalty in the gradient, or, decoupled (Loshchilov and Hutter, 2019),
/// w ← (1 - η λ) w before everything else.
/// </summary>
internal readonly unsafe struct AdamRule : IUpdateRule
{
    readonly double stepSize, rootCorrection, beta1, beta2, epsilon, penalty, shrink;

    public AdamRule(in UpdateRange range, double beta1, double beta2, double epsilon, bool decoupled)
    {
        (this.beta1, this.beta2, this.epsilon) = (beta1, beta2, epsilon);
        stepSize = range.LearningRate / (1 - Math.Pow(beta1, range.Step));
        rootCorrection = 1 / Math.Sqrt(1 - Math.Pow(beta2, range.Step));
        penalty = decoupled ? 0 : range.WeightDecay;
        shrink = decoupled ? 1 - (range.LearningRate * range.WeightDecay) : 1;
    }

    public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        V step = V.FromDouble(-stepSize), root = V.FromDouble(rootCorrection), small = V.FromDouble(epsilon);
        V rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), rest2 = V.FromDouble(1 - beta2);
        V l2 = V.FromDouble(penalty), shrunk = V.FromDouble(shrink);
        for (nint i = 0; i < count; i += V.Count)
        {
            nint left = count - i;   // partial loads and stores touch nothing beyond
            V w = shrunk * V.LoadPartial(values + i, left);
            V g = V.MultiplyAdd(l2, w, V.LoadPartial(gradients + i, left));
            V m = V.LoadPartial(slot0 + i, left);
            m = V.MultiplyAdd(rest1, g - m, m);
            V v = V.MultiplyAdd(rest2 * g, g, keep2 * V.LoadPartial(slot1 + i, left));
            m.StorePartial(slot0 + i, left);
            v.StorePartial(slot1 + i, left);
            V denominator = V.MultiplyAdd(V.Sqrt(v), root, small);
            // The lanes beyond the end hold zeros and may divide by zero when epsilon is 0; nobody sees them.
            V.MultiplyAdd(step, m / denominator, w).StorePartial(values + i, left);
        }
    }
}
