using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Adafactor (Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018), with PyTorch's formula and defaults (torch.optim.Adafactor).
/// Of a matrix it keeps the means of the squared gradients of its rows and of its columns only: R ← R + ω (mean of g² along rows - R), C likewise, with ω = t^decay;
/// v = R C / mean(R); u = g / √max(v, ε₁²); w ← w - min(η, 1/√t) max(ε₂, RMS(w)) u / max(1, RMS(u) / d). Other tensors keep v itself. The weight decay is
/// decoupled. A tensor of more than two axes counts as the matrix [first axis, all others], where PyTorch takes the last two axes.
/// </summary>
public sealed unsafe class Adafactor : Optimizer
{
    /// <param name="learningRate">The largest step size, relative to the size of the weights, at least 0.</param>
    /// <param name="decay">The exponent of the step in ω, at most 0.</param>
    /// <param name="minimumScale">ε₂, the least size that counts for weights, at least 0.</param>
    /// <param name="clipThreshold">d, the largest root mean square of u, above 0.</param>
    /// <param name="weightDecay">Decoupled weight decay, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adafactor(double learningRate = 1e-2, double decay = -0.8, double minimumScale = 1e-3, double clipThreshold = 1, double weightDecay = 0)
        : base(learningRate, slotCount: 0, weightDecay)
    {
        if (!(decay <= 0) || double.IsInfinity(decay)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "'decay' must be a finite number of at most 0.");
        if (!(clipThreshold > 0)) throw new ArgumentOutOfRangeException(nameof(clipThreshold), clipThreshold, "'clipThreshold' must be above 0.");
        (Decay, MinimumScale, ClipThreshold) = (decay, NonNegative(minimumScale, nameof(minimumScale)), clipThreshold);
    }

    /// <summary>The exponent of the step in ω.</summary>
    public double Decay { get; }

    /// <summary>The least size that counts for weights.</summary>
    public double MinimumScale { get; }

    /// <summary>The largest root mean square of u.</summary>
    public double ClipThreshold { get; }

    /// <summary>ε₁, below which √v does not count; null for the distance from 1 to the next number of the model's element type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, infinite or NaN.</exception>
    public double? Epsilon { get; init => field = value is { } epsilon ? NonNegative(epsilon, nameof(Epsilon)) : null; }

    // The means and the size of the weights; the size of u; the step.
    internal override int PhaseCount => 3;

    internal override bool IsPerTensor => true;

    internal override MatrixForm? FormOf(ParameterLayout tensor, Parameter parameter) => MatrixForm.Of(tensor);

    internal override IReadOnlyList<(string Name, long Length)> Extras(ParameterLayout tensor, MatrixForm? form) => form is { } matrix
        ? [("row_var", matrix.Rows), ("col_var", matrix.Columns)]
        : [("variance", tensor.Length)];

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, float* values, float* gradients)
    {
        var form = range.Slots.FormOf(range);
        float* extra = (float*)range.Slots.Extra(range);
        if (range.Phase == 0) Measure(team, range, form, extra, sizeof(float), values, gradients);
        else Step(team, range, form, extra, form is { } f ? MeanOf(extra, f.Rows) : 1, Epsilon ?? float.BitIncrement(1) - 1, sizeof(float), values, gradients);
    }

    /// <inheritdoc/>
    public override void Update(Team team, in UpdateRange range, double* values, double* gradients)
    {
        var form = range.Slots.FormOf(range);
        double* extra = (double*)range.Slots.Extra(range);
        if (range.Phase == 0) Measure(team, range, form, extra, sizeof(double), values, gradients);
        else Step(team, range, form, extra, form is { } f ? MeanOf(extra, f.Rows) : 1, Epsilon ?? double.BitIncrement(1) - 1, sizeof(double), values, gradients);
    }

    void Measure<T>(Team team, in UpdateRange range, MatrixForm? form, void* extra, int size, T* values, T* gradients) where T : unmanaged
    {
        double share = Math.Pow(range.Step, Decay);
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint first = from; first < to; first += UpdateRule.Block)
            Run(new SizeRule(range.Slots.BlockSum(range, first / UpdateRule.Block)), range, first, nint.Min(UpdateRule.Block, to - first), values, gradients);
        if (form is not { } matrix)
        {
            if (to > from) Run(new VarianceRule((byte*)extra + (from * size), share), range, from, to - from, values, gradients);
            return;
        }
        team.Range(matrix.Rows, 1, out from, out to);
        for (nint row = from; row < to; row++) Run(new RowRule((byte*)extra + (row * size), share), range, row * matrix.Columns, matrix.Columns, values, gradients);
        team.Range(matrix.Columns, 64, out from, out to);
        if (to > from) Run(new ColumnRule((byte*)extra + ((matrix.Rows + from) * size), share, matrix.Rows, matrix.Columns, to - from), range, from, range.Count - from, values, gradients);
    }

    void Step<T>(Team team, in UpdateRange range, MatrixForm? form, void* extra, double mean, double epsilon, int size, T* values, T* gradients) where T : unmanaged
    {
        double shrink = 1, step = 0;
        if (range.Phase == 2)
        {
            double ofWeights = 0, ofUpdate = 0;
            for (long block = 0; block * UpdateRule.Block < range.Count; block++)
            {
                double* sums = range.Slots.BlockSum(range, block);
                ofWeights += sums[0];
                ofUpdate += sums[1];
            }
            double rate = Math.Min(range.LearningRate, 1 / Math.Sqrt(range.Step)) * Math.Max(MinimumScale, Math.Sqrt(ofWeights / range.Count));
            step = rate / Math.Max(1, Math.Sqrt(ofUpdate / range.Count) / ClipThreshold);
            shrink = 1 - (range.LearningRate * range.WeightDecay);
        }
        nint columns = form?.Columns ?? (nint)range.Count;
        team.Range((nint)range.Count, UpdateRule.Block, out nint from, out nint to);
        for (nint block = from; block < to; block += UpdateRule.Block)
        {
            double* sum = range.Slots.BlockSum(range, block / UpdateRule.Block) + 1;
            if (range.Phase == 1) *sum = 0;
            // A block is made of parts of rows, each with one R.
            for (nint first = block, end = nint.Min(block + UpdateRule.Block, to); first < end;)
            {
                nint row = first / columns, column = first % columns, count = nint.Min(columns - column, end - first);
                double scale = form is null ? 1 : At<T>(extra, row) / Math.Max(mean, epsilon);
                byte* second = (byte*)extra + (((form?.Rows ?? 0) + column) * size);
                if (range.Phase == 1) Run(new LengthRule(sum, second, scale, epsilon), range, first, count, values, gradients);
                else Run(new StepRule(second, scale, epsilon, shrink, step), range, first, count, values, gradients);
                first += count;
            }
        }
    }

    static void Run<TRule, T>(in TRule rule, in UpdateRange range, nint first, long count, T* values, T* gradients) where TRule : struct, IUpdateRule where T : unmanaged
    {
        if (typeof(T) == typeof(float)) UpdateRule.Run(rule, Team.Single, range.Part(first, count), (float*)values, (float*)gradients);
        else UpdateRule.Run(rule, Team.Single, range.Part(first, count), (double*)values, (double*)gradients);
    }

    static double At<T>(void* values, nint index) where T : unmanaged => typeof(T) == typeof(float) ? ((float*)values)[index] : ((double*)values)[index];

    // Every thread adds up the same numbers in the same order.
    static double MeanOf<T>(T* values, int count) where T : unmanaged
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += At<T>(values, i);
        return sum / count;
    }

    static V Lerp<V, T>(V from, V to, V share) where V : unmanaged, ISimd<V, T> where T : unmanaged => V.MultiplyAdd(share, to - from, from);

    /// <summary>The squares of the weights of a block.</summary>
    readonly struct SizeRule(double* sum) : IUpdateRule
    {
        readonly double* sum = sum;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged => *sum = Squares<V, T>(values, count);
    }

    static double Squares<V, T>(T* x, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        V sum = V.Zero;
        for (nint i = 0; i < count; i += V.Count)
        {
            V v = V.LoadPartial(x + i, count - i);
            sum = V.MultiplyAdd(v, v, sum);
        }
        return GradientClip.ToDouble(V.Sum(sum));
    }

    /// <summary>The mean of the squares of a row.</summary>
    readonly struct RowRule(void* mean, double share) : IUpdateRule
    {
        readonly void* mean = mean;
        readonly double share = share;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            double old = At<T>(mean, 0), now = Squares<V, T>(gradients, count) / count;
            V.FromDouble(old + (share * (now - old))).StorePartial((T*)mean, 1);
        }
    }

    /// <summary>The means of the squares of some columns; the gradients begin at the first of them.</summary>
    readonly struct ColumnRule(void* means, double share, nint rows, nint stride, nint columns) : IUpdateRule
    {
        readonly void* means = means;
        readonly double share = share;
        readonly nint rows = rows, stride = stride, columns = columns;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V part = V.FromDouble(share), inverse = V.FromDouble(1.0 / rows);
            for (nint j = 0; j < columns; j += V.Count)
            {
                nint left = columns - j;
                V sum = V.Zero;
                for (nint i = 0; i < rows; i++)
                {
                    V g = V.LoadPartial(gradients + (i * stride) + j, left);
                    sum = V.MultiplyAdd(g, g, sum);
                }
                T* target = (T*)means + j;
                Lerp<V, T>(V.LoadPartial(target, left), sum * inverse, part).StorePartial(target, left);
            }
        }
    }

    /// <summary>The mean square of each element.</summary>
    readonly struct VarianceRule(void* variance, double share) : IUpdateRule
    {
        readonly void* variance = variance;
        readonly double share = share;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V part = V.FromDouble(share);
            for (nint i = 0; i < count; i += V.Count)
            {
                V g = V.LoadPartial(gradients + i, count - i);
                T* target = (T*)variance + i;
                Lerp<V, T>(V.LoadPartial(target, count - i), g * g, part).StorePartial(target, count - i);
            }
        }
    }

    // u = g / √max(scale · second, ε₁²)
    static V Direction<V, T>(T* gradients, T* second, V scale, V least, nint left) where V : unmanaged, ISimd<V, T> where T : unmanaged =>
        V.LoadPartial(gradients, left) / V.Sqrt(V.Max(scale * V.LoadPartial(second, left), least));

    /// <summary>The squares of a part of u.</summary>
    readonly struct LengthRule(double* sum, void* second, double scale, double epsilon) : IUpdateRule
    {
        readonly double* sum = sum;
        readonly void* second = second;
        readonly double scale = scale, least = Least(epsilon);

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V factor = V.FromDouble(scale), bound = V.FromDouble(least), squares = V.Zero;
            for (nint i = 0; i < count; i += V.Count)
            {
                V u = Direction<V, T>(gradients + i, (T*)second + i, factor, bound, count - i);
                squares = V.MultiplyAdd(u, u, squares);
            }
            *sum += GradientClip.ToDouble(V.Sum(squares));
        }
    }

    /// <summary>w ← shrink w - step u.</summary>
    readonly struct StepRule(void* second, double scale, double epsilon, double shrink, double step) : IUpdateRule
    {
        readonly void* second = second;
        readonly double scale = scale, least = Least(epsilon), shrink = shrink, step = step;

        public void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V factor = V.FromDouble(scale), bound = V.FromDouble(least), keep = V.FromDouble(shrink), back = V.FromDouble(-step);
            for (nint i = 0; i < count; i += V.Count)
                V.MultiplyAdd(back, Direction<V, T>(gradients + i, (T*)second + i, factor, bound, count - i), keep * V.LoadPartial(values + i, count - i)).StorePartial(values + i, count - i);
        }
    }

    // Above 0, so that the lanes beyond the end, which hold zeros, give zeros.
    static double Least(double epsilon) => Math.Max(epsilon * epsilon, 1e-37);
}
