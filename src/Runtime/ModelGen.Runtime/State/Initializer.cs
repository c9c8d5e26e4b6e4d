using System.Globalization;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>Which side of a weight a Kaiming initialiser keeps the variance on.</summary>
public enum FanMode
{
    /// <summary>Inputs of each output: the variance of the forward pass.</summary>
    In,

    /// <summary>Outputs of each input: the variance of the backward pass.</summary>
    Out,
}

/// <summary>
/// How a tensor's first values are drawn, for <see cref="Parameter.Initialize"/> and <see cref="ParameterSet.Initialize"/>; formulas and defaults are those of
/// <c>torch.nn.init</c>. The same seed and name give the same values on every machine. Fan-in and fan-out are those of PyTorch's shapes: of <c>[out, in, ...]</c>,
/// with the product of the further sizes in both.
/// </summary>
public abstract partial class Initializer
{
    private protected Initializer()
    {
    }

    /// <summary>Every element 0.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>Every element 1.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>Every element the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite.</exception>
    public static Initializer Constant(double value) => new Scaled(0, Finite(value, nameof(value)), isNormal: false);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or the upper one is below the lower one.</exception>
    public static Initializer Uniform(double low = 0, double high = 1)
    {
        Finite(low, nameof(low));
        if (Finite(high, nameof(high)) < low) throw new ArgumentOutOfRangeException(nameof(high), high, string.Create(CultureInfo.InvariantCulture, $"'high' must be at least 'low', which is {low}."));
        return new Scaled((high - low) / 2, (high + low) / 2, isNormal: false);
    }

    /// <summary>Normally distributed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or the deviation is below 0.</exception>
    public static Initializer Normal(double mean = 0, double deviation = 1) =>
        new Scaled(Optimizer.NonNegative(deviation, nameof(deviation)), Finite(mean, nameof(mean)), isNormal: true);

    /// <summary>Normally distributed, without what lies outside [<paramref name="low"/>, <paramref name="high"/>] (torch.nn.init.trunc_normal_).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, the deviation is no finite number above 0, or the bounds are no interval; they may be infinite.</exception>
    public static Initializer TruncatedNormal(double mean = 0, double deviation = 1, double low = -2, double high = 2)
    {
        Finite(mean, nameof(mean));
        if (!(Finite(deviation, nameof(deviation)) > 0)) throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "'deviation' must be above 0.");
        if (!(low < high)) throw new ArgumentOutOfRangeException(nameof(high), high, string.Create(CultureInfo.InvariantCulture, $"'high' must be above 'low', which is {low}."));
        return new Truncated(mean, deviation, low, high);
    }

    /// <summary>Uniform in ±gain √(6 / (fan-in + fan-out)) (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite.</exception>
    public static Initializer XavierUniform(double gain = 1)
    {
        Finite(gain, nameof(gain));
        return new FanScaled((fanIn, fanOut) => gain * Math.Sqrt(6 / (fanIn + fanOut)), isNormal: false);
    }

    /// <summary>Normal with deviation gain √(2 / (fan-in + fan-out)) (Glorot and Bengio, 2010).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite.</exception>
    public static Initializer XavierNormal(double gain = 1)
    {
        Finite(gain, nameof(gain));
        return new FanScaled((fanIn, fanOut) => gain * Math.Sqrt(2 / (fanIn + fanOut)), isNormal: true);
    }

    /// <summary>Uniform in ±√(6 / ((1 + slope²) fan)) (He et al., "Delving Deep into Rectifiers", 2015).</summary>
    /// <param name="slope">The slope of the activation below 0; 0 for ReLU.</param>
    /// <param name="mode">Which fan.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slope is not finite.</exception>
    public static Initializer KaimingUniform(double slope = 0, FanMode mode = FanMode.In)
    {
        Finite(slope, nameof(slope));
        return new FanScaled((fanIn, fanOut) => Math.Sqrt(6 / ((1 + (slope * slope)) * (mode == FanMode.In ? fanIn : fanOut))), isNormal: false);
    }

    /// <summary>Normal with deviation √(2 / ((1 + slope²) fan)) (He et al., 2015).</summary>
    /// <param name="slope">The slope of the activation below 0; 0 for ReLU.</param>
    /// <param name="mode">Which fan.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slope is not finite.</exception>
    public static Initializer KaimingNormal(double slope = 0, FanMode mode = FanMode.In)
    {
        Finite(slope, nameof(slope));
        return new FanScaled((fanIn, fanOut) => Math.Sqrt(2 / ((1 + (slope * slope)) * (mode == FanMode.In ? fanIn : fanOut))), isNormal: true);
    }

    /// <summary>Uniform in ±√(3 / fan-in) (LeCun et al., "Efficient BackProp", 1998).</summary>
    public static Initializer LeCunUniform() => new FanScaled((fanIn, _) => Math.Sqrt(3 / fanIn), isNormal: false);

    /// <summary>Normal with deviation √(1 / fan-in) (LeCun et al., 1998).</summary>
    public static Initializer LeCunNormal() => new FanScaled((fanIn, _) => Math.Sqrt(1 / fanIn), isNormal: true);

    /// <summary>
    /// gain times a matrix [out, everything else] whose rows, or columns where there are fewer, are orthonormal (Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of
    /// learning in deep linear neural networks", 2014).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite.</exception>
    public static Initializer Orthogonal(double gain = 1) => new OrthogonalMatrix(Finite(gain, nameof(gain)));

    /// <summary>The identity matrix, of a matrix [out, in]; what has no counterpart on the other side is 0 (torch.nn.init.eye_).</summary>
    public static Initializer Identity() => new IdentityMatrix(groups: 0);

    /// <summary>
    /// A convolution [out, in / groups, ...] that gives its channels back, as many as both sides have: 1 in the middle of the kernel of each output and its own input, else 0
    /// (torch.nn.init.dirac_).
    /// </summary>
    /// <param name="groups">How many groups the convolution splits its channels into; they divide the outputs.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 group.</exception>
    public static Initializer Dirac(int groups = 1)
    {
        if (groups < 1) throw new ArgumentOutOfRangeException(nameof(groups), groups, "'groups' must be at least 1.");
        return new IdentityMatrix(groups);
    }

    /// <summary>
    /// A matrix [out, in] in which each input, a column, has a share of zeros in random places, and the rest is normal (Martens, "Deep learning via Hessian-free optimization", 2010;
    /// torch.nn.init.sparse_).
    /// </summary>
    /// <param name="sparsity">The share of zeros in each column, rounded up to whole elements, in [0, 1].</param>
    /// <param name="deviation">Standard deviation of the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside of [0, 1], or the deviation is no finite number of at least 0.</exception>
    public static Initializer Sparse(double sparsity, double deviation = 0.01)
    {
        if (sparsity is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, "'sparsity' must lie in [0, 1].");
        return new SparseMatrix(sparsity, Optimizer.NonNegative(deviation, nameof(deviation)));
    }

    /// <summary>Draws a tensor's elements, in PyTorch's order.</summary>
    internal abstract void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values);

    static double Finite(double value, string name) => double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be a finite number.");

    static void RequireMatrix(string name, IReadOnlyList<int> shape)
    {
        if (shape.Count < 2) throw new ArgumentException($"'{name}' [{string.Join(", ", shape)}] has no fan-in and fan-out: this initialiser needs at least two axes.");
    }
}
