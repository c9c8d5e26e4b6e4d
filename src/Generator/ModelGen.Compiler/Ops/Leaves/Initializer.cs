using System.Globalization;

namespace ModelGen.Compiler.Ops;

internal enum InitializerKind
{
    Constant,
    Uniform,
    Normal,
}

/// <summary>How a parameter's first values are drawn: a constant A, uniform in [A, B), or normal with mean A and deviation B.</summary>
internal sealed record Initializer(InitializerKind Kind, double A, double B = 0)
{
    public static readonly Initializer Zeros = new(InitializerKind.Constant, 0);
    public static readonly Initializer Ones = new(InitializerKind.Constant, 1);

    public static Initializer Constant(double value) => new(InitializerKind.Constant, value);
    public static Initializer Uniform(double bound) => new(InitializerKind.Uniform, -bound, bound);
    public static Initializer Normal(double deviation) => new(InitializerKind.Normal, 0, deviation);

    /// <summary>
    /// PyTorch's default of Linear and Conv: kaiming_uniform_(a=√5), which is U(-1/√fanIn, 1/√fanIn); the bias uses the same bound.
    /// </summary>
    public static Initializer FanIn(long fanIn) => Uniform(fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0);

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}({1:R}, {2:R})", Kind, A, B);
}
