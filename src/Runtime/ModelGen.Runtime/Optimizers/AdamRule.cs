using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Adam (Kingma and Ba, 2015) with PyTorch's formula: m ← m + (1 - β₁)(g - m); v ← β₂ v + (1 - β₂) g²;
/// w ← w - (η / (1 - β₁ᵗ)) m / (√v / √(1 - β₂ᵗ) + ε). The decay is an L2 penalty in the gradient, or, decoupled (Loshchilov and Hutter, 2019),
/// w ← (1 - η λ) w before everything else.
/// </summary>
internal readonly unsafe struct AdamRule : IUpdateRule
{
    readonly double stepSize, rootCorrection, beta1, beta2, epsilon, penalty, shrink;

    /// <summary>1 / (1 - β₁ᵗ) and 1 / √(1 - β₂ᵗ).</summary>
    public static (double First, double Second) Corrections(long step, double beta1, double beta2) => (1 / (1 - Math.Pow(beta1, step)), 1 / Math.Sqrt(1 - Math.Pow(beta2, step)));

    public AdamRule(in UpdateRange range, double beta1, double beta2, double epsilon, bool decoupled)
    {
        (this.beta1, this.beta2, this.epsilon) = (beta1, beta2, epsilon);
        (stepSize, rootCorrection) = (range.LearningRate * range.Slots.Corrections.First, range.Slots.Corrections.Second);
        penalty = decoupled ? 0 : range.WeightDecay;
        shrink = decoupled ? 1 - (range.LearningRate * range.WeightDecay) : 1;
    }

    public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        V step = V.FromDouble(-stepSize), root = V.FromDouble(rootCorrection), small = V.FromDouble(epsilon);
        V rest1 = V.FromDouble(1 - beta1), keep2 = V.FromDouble(beta2), rest2 = V.FromDouble(1 - beta2);
        V l2 = V.FromDouble(penalty), shrunk = V.FromDouble(shrink);
        nint i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            V m = V.Load(slot0 + i), v = V.Load(slot1 + i);
            V w = Move(V.Load(values + i), V.Load(gradients + i), ref m, ref v);
            m.Store(slot0 + i);
            v.Store(slot1 + i);
            w.Store(values + i);
        }
        if (i < count)
        {
            // The lanes beyond the end hold zeros and may divide by zero when epsilon is 0; nobody sees them.
            V m = V.LoadPartial(slot0 + i, count - i), v = V.LoadPartial(slot1 + i, count - i);
            V w = Move(V.LoadPartial(values + i, count - i), V.LoadPartial(gradients + i, count - i), ref m, ref v);
            m.StorePartial(slot0 + i, count - i);
            v.StorePartial(slot1 + i, count - i);
            w.StorePartial(values + i, count - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        V Move(V w, V gradient, ref V m, ref V v)
        {
            w = shrunk * w;
            V g = V.MultiplyAdd(l2, w, gradient);
            m = V.MultiplyAdd(rest1, g - m, m);
            v = V.MultiplyAdd(rest2 * g, g, keep2 * v);
            return V.MultiplyAdd(step, m / V.MultiplyAdd(V.Sqrt(v), root, small), w);
        }
    }
}
