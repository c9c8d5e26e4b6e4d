using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Muon (Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; torch.optim.Muon): of a matrix m ← m + (1 - μ)(g - m); u = g + μ (m - g), or m
/// without Nesterov; w ← (1 - η λ) w - η s O(u), where O(u) is nearly the orthogonal matrix that is nearest to u, by five steps of a Newton-Schulz iteration
/// X ← a X + (b G + c G²) X with G = X Xᵀ, from X = u / ‖u‖. All that is no matrix (biases, norms) follows AdamW with the same learning rate and weight decay.
/// </summary>
/// <remarks>
/// The scale s is 0.2 √max(rows, columns), which makes the steps as large as AdamW's (Liu et al., "Muon is Scalable for LLM Training", 2025), because both share a learning rate here. That is
/// torch.optim.Muon with <c>adjust_lr_fn="match_rms_adamw"</c>; its default is "original", which is <see cref="MatchesAdamW"/> = false here. Embeddings and the last layer
/// are better left to AdamW: <see cref="IsOrthogonalized"/>. It computes in the model's element type, where the original rounds to bfloat16. A tensor of more
/// than two axes counts as the matrix [first axis, all others].
/// </remarks>
public sealed unsafe class Muon : Optimizer
{
    const int Iterations = 5;
    const double A = 3.4445, B = -4.7750, C = 2.0315, SmallestNorm = 1e-7;

    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="momentum">μ, how much of the mean gradient is kept, in [0, 1).</param>
    /// <param name="weightDecay">λ, decoupled, at least 0.</param>
    /// <param name="nesterov">Whether it looks ahead along the momentum.</param>
    /// <param name="beta1">Of AdamW, for what is no matrix: the decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">Of AdamW: the decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Of AdamW: added to the root of the mean square, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Muon(double learningRate = 1e-3, double momentum = 0.95, double weightDecay = 0.1, bool nesterov = true, double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8)
        : base(learningRate, slotCount: 3, weightDecay)
    {
        (Momentum, Nesterov) = (Fraction(momentum, nameof(momentum)), nesterov);
        (Beta1, Beta2, Epsilon) = (Fraction(beta1, nameof(beta1)), Fraction(beta2, nameof(beta2)), NonNegative(epsilon, nameof(epsilon)));
    }

    /// <summary>How much of the mean gradient is kept.</summary>
    public double Momentum { get; }

    /// <summary>Whether it looks ahead along the momentum.</summary>
    public bool Nesterov { get; }

    /// <summary>Of AdamW: the decay of the mean gradient.</summary>
    public double Beta1 { get; }

    /// <summary>Of AdamW: the decay of the mean squared gradient.</summary>
    public double Beta2 { get; }

    /// <summary>Of AdamW: added to the root of the mean square.</summary>
    public double Epsilon { get; }

    /// <summary>Whether steps are as large as AdamW's; else s is √max(1, rows / columns), as in the original, and by default in PyTorch. Default: true.</summary>
    public bool MatchesAdamW { get; init; } = true;

    /// <summary>Which parameters with two axes or more are treated as matrices; the others follow AdamW. It is asked once for each parameter of a model, before the first step. Default: all.</summary>
    public Func<Parameter, bool> IsOrthogonalized { get; init => field = value ?? throw new ArgumentNullException(nameof(IsOrthogonalized)); } = _ => true;

    // The direction and its norm; three products an iteration; the step.
    internal override int PhaseCount => 2 + (3 * Iterations);

    internal override bool IsPerTensor => true;

    internal override string SlotName(int slot) => slot == 0 ? "momentum_buffer" : "exp_avg_sq";

    // The last one holds every second iterate.
    internal override int SavedSlotCount => 2;

    // Before any thread changes a weight: IsOrthogonalized is the user's, and may throw.
    internal override MatrixForm? FormOf(ParameterLayout tensor, Parameter parameter) => MatrixForm.Of(tensor) is { } form && IsOrthogonalized(parameter) ? form : null;

    // G, and b G + c G².
    internal override IReadOnlyList<(string Name, long Length)> Extras(ParameterLayout tensor, MatrixForm? form) => form is { } matrix
        ? [("products", 2 * Square(Math.Min(matrix.Rows, matrix.Columns)))]
        : [];

    internal override bool SavesExtras => false;

    static long Square(long size) => size * size;

    private protected override void Prepare(OptimizerSlots slots) => slots.Corrections = AdamRule.Corrections(slots.StepCount + 1, Beta1, Beta2);

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients)
    {
        if (range.Slots.FormOf(range) is not { } form)
        {
            if (range.Phase == 0) UpdateRule.Run(Rule(range), team, range, values, gradients);
            return;
        }
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Update<F32x16, float>(team, range, form, values, gradients); break;
            case SimdWidth.Bits256: Update<F32x8, float>(team, range, form, values, gradients); break;
            case SimdWidth.Bits128: Update<F32x4, float>(team, range, form, values, gradients); break;
            default: Update<F32x1, float>(team, range, form, values, gradients); break;
        }
    }

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients)
    {
        if (range.Slots.FormOf(range) is not { } form)
        {
            if (range.Phase == 0) UpdateRule.Run(Rule(range), team, range, values, gradients);
            return;
        }
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Update<F64x8, double>(team, range, form, values, gradients); break;
            case SimdWidth.Bits256: Update<F64x4, double>(team, range, form, values, gradients); break;
            case SimdWidth.Bits128: Update<F64x2, double>(team, range, form, values, gradients); break;
            default: Update<F64x1, double>(team, range, form, values, gradients); break;
        }
    }

    AdamRule Rule(in UpdateRange range) => new(range, Beta1, Beta2, Epsilon, decoupled: true);

    void Update<V, T>(Team team, in UpdateRange range, MatrixForm form, T* values, T* gradients) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        var slots = range.Slots;
        nint size = Math.Min(form.Rows, form.Columns);
        T* x = (T*)slots.Slot(1) + range.Offset, y = (T*)slots.Slot(2) + range.Offset, gram = (T*)slots.Extra(range), polynomial = gram + (size * size);
        int phase = range.Phase - 1;
        if (phase < 0)
        {
            Begin<V, T>(team, range, gradients + range.Offset, (T*)slots.Slot(0) + range.Offset, x);
            return;
        }
        if (phase == 3 * Iterations)
        {
            // Five iterations: the last one is in y.
            Step<V, T>(team, range, form, values + range.Offset, Iterations % 2 == 0 ? x : y);
            return;
        }
        if (phase / 3 % 2 == 1)
        {
            T* z = x;
            x = y;
            y = z;
        }
        bool isWide = form.Rows <= form.Columns;
        // The first X is u / ‖u‖; the norm is a factor of the products, not a pass over the matrix.
        double norm = phase < 3 ? 1 / Math.Max(Norm(range), SmallestNorm) : 1;
        switch (phase % 3)
        {
            case 0:
                // G = X Xᵀ, or Xᵀ X of a tall X
                var square = isWide ? MatMulShape.Contiguous(size, size, form.Columns, transposeB: true) : MatMulShape.Contiguous(size, size, form.Rows, transposeA: true);
                MatMul.Run<V, T, Polynomial<V, T>>(team, square, x, x, gram, new(gram, gram, size, norm * norm, 0));
                break;
            case 1:
                // b G + c G²
                MatMul.Run<V, T, Polynomial<V, T>>(team, MatMulShape.Contiguous(size, size, size), gram, gram, polynomial, new(polynomial, gram, size, C, B));
                break;
            default:
                // a X + (b G + c G²) X
                if (isWide) MatMul.Run<V, T, Polynomial<V, T>>(team, MatMulShape.Contiguous(size, form.Columns, size), polynomial, x, y, new(y, x, form.Columns, norm, A * norm));
                else MatMul.Run<V, T, Polynomial<V, T>>(team, MatMulShape.Contiguous(form.Rows, size, size), x, polynomial, y, new(y, x, form.Columns, norm, A * norm));
                break;
        }
    }

    // m, u, and the squares of u by blocks.
    void Begin<V, T>(Team team, in UpdateRange range, T* gradient, T* mean, T* direction) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        V rest = V.FromDouble(1 - Momentum), ahead = V.FromDouble(Nesterov ? Momentum : 1);
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint block = from; block < to; block += UpdateRule.Block)
        {
            V squares = V.Zero;
            for (nint i = block, end = nint.Min(block + UpdateRule.Block, to); i < end; i += V.Count)
            {
                nint left = end - i;
                V g = V.LoadPartial(gradient + i, left), m = V.LoadPartial(mean + i, left);
                m = V.MultiplyAdd(rest, g - m, m);
                V u = V.MultiplyAdd(ahead, m - g, g);
                m.StorePartial(mean + i, left);
                u.StorePartial(direction + i, left);
                squares = V.MultiplyAdd(u, u, squares);
            }
            *range.Slots.BlockSum(range, block / UpdateRule.Block) = GradientClip.ToDouble(V.Sum(squares));
        }
    }

    // Every thread adds up the same numbers in the same order.
    static double Norm(in UpdateRange range)
    {
        double sum = 0;
        for (long block = 0; block * UpdateRule.Block < range.Count; block++) sum += *range.Slots.BlockSum(range, block);
        return Math.Sqrt(sum);
    }

    void Step<V, T>(Team team, in UpdateRange range, MatrixForm form, T* values, T* direction) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        double scale = MatchesAdamW ? 0.2 * Math.Sqrt(Math.Max(form.Rows, form.Columns)) : Math.Sqrt(Math.Max(1, form.Aspect));
        V keep = V.FromDouble(1 - (range.LearningRate * range.WeightDecay)), back = V.FromDouble(-range.LearningRate * scale);
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint i = from; i < to; i += V.Count)
            V.MultiplyAdd(back, V.LoadPartial(direction + i, to - i), keep * V.LoadPartial(values + i, to - i)).StorePartial(values + i, to - i);
    }

    /// <summary>After a block of the product C: C ← factor C + share D, for a D of the same shape.</summary>
    readonly struct Polynomial<V, T>(T* product, T* other, nint columns, double factor, double share) : IEpilogue where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        readonly T* product = product, other = other;
        readonly nint width = columns;
        readonly double factor = factor, share = share;

        public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
        {
            V scale = V.FromDouble(factor), part = V.FromDouble(share);
            for (nint r = row; r < row + rows; r++)
                for (nint c = column; c < column + columns; c += V.Count)
                {
                    nint at = (r * width) + c, left = column + columns - c;
                    V sum = scale * V.LoadPartial(product + at, left);
                    if (share != 0) sum = V.MultiplyAdd(part, V.LoadPartial(other + at, left), sum);
                    sum.StorePartial(product + at, left);
                }
        }
    }
}
