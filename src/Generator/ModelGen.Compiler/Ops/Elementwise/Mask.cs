namespace ModelGen.Compiler.Ops;

/// <summary>y = mask &gt; 0 ? x : 0   (the backward pass of ReLU, dropout, the label's logit). A masked infinity or NaN is 0, too.</summary>
internal sealed class Mask : BinaryOp
{
    public static readonly Mask Instance = new();

    public override string Name => "mask";

    public static Node Of(Node x, Node mask) => x.Graph.Add(Instance, x, mask);

    public override Scalar Forward(Scalar x, Scalar mask) => Scalar.Select(Scalar.Greater(mask, 0), x, 0);

    // Piecewise constant in the mask.
    public override void Backward(Vjp vjp) => vjp.AddBroadcast(0, Of(vjp.Dy, vjp.Input(1)));

    public override double Reference(double x, double mask) => mask > 0 ? x : 0;
}
