namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = max(0, x) - x t + log1p(exp(-|x|)): the binary cross-entropy of the logit x against the target t in [0, 1], elementwise. No
/// exponential overflows, and a confident right answer keeps its small loss (the first two terms cancel exactly).
/// </summary>
internal sealed class LogisticLoss : BinaryOp
{
    public static readonly LogisticLoss Instance = new();

    public override string Name => "logistic_loss";

    public static Node Of(Node logit, Node target) => logit.Graph.Add(Instance, logit, target);

    public override Scalar Forward(Scalar x, Scalar t) => Scalar.Max(0, x) - (x * t) + Scalar.Log1p(Scalar.Exp(-Scalar.Abs(x)));

    public override void Backward(Vjp vjp)
    {
        Node x = vjp.Input(0), t = vjp.Input(1);
        vjp.AddBroadcast(0, vjp.Dy * (Sigmoid.Of(x) - t));
        vjp.AddBroadcast(1, -(vjp.Dy * x));
    }

    // The expectation of -ln σ(x) under t and of -ln σ(-x) under 1 - t.
    public override double Reference(double x, double t) => (t * Softplus.Instance.Reference(-x)) + ((1 - t) * Softplus.Instance.Reference(x));
}
