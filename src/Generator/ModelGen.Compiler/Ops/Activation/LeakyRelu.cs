using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y = x &gt; 0 ? x : slope · x   (A. Maas et al. 2013). The gradient at 0 is the slope, as in PyTorch.</summary>
internal sealed class LeakyRelu(double slope) : UnaryOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "LeakyRelu",
        Summary = "x where it is positive, slope · x elsewhere.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("slope", "the slope of the negative half", 0.01)],
        Build = call => Of(call.Tensor("x"), call.Float("slope")),
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5]).With("slope", 0.25)],
        PyTorch = "torch.nn.functional.leaky_relu",
    };

    public double Slope { get; } = slope;
    public override string Name => "leaky_relu";
    public override string Spelling => "LeakyRelu";
    public override string Attributes => Slope.ToString("R", CultureInfo.InvariantCulture);
    public override bool IsNondecreasing => Slope >= 0;

    public static Node Of(Node x, double slope) => x.Graph.Add(new LeakyRelu(slope), x);

    public override Scalar Forward(Scalar x) => Scalar.Select(Scalar.Greater(x, 0), x, Slope * x);

    public override Node Gradient(Vjp vjp) => Where.Of(Greater.Of(vjp.X, vjp.Graph.Constant(0, vjp.X.DType)), vjp.Dy, vjp.Dy * Slope);

    public override double Reference(double x) => x > 0 ? x : Slope * x;
}
