namespace ModelGen.Compiler.Ops;

/// <summary>
/// y with a gradient that the user gives: inputs y, x1, x2, ...; the value is y, nothing flows to y, and to each x flows what <paramref name="backward"/>
/// makes of dL/dy. It costs nothing: after differentiation it is y itself.
/// </summary>
/// <param name="number">Each call of the user's has a number: two of them are two, whatever their inputs.</param>
/// <param name="backward">dL/dy to the gradients of x1, x2, ..., in the graph of the node.</param>
internal sealed class CustomGradient(int number, Func<Node, IReadOnlyList<Node>> backward) : CompositeOp
{
    public const string Spelling = "WithGradient";

    public override string Name => Spelling;
    public override string Attributes => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override void Backward(Vjp vjp)
    {
        var gradients = backward(vjp.Dy);
        for (int i = 0; i < gradients.Count; i++)
        {
            RequireShape(gradients[i].Type, vjp.Input(i + 1).Type, i);
            vjp.Add(i + 1, gradients[i]);
        }
    }

    /// <summary>A gradient has the shape of what it is the gradient of.</summary>
    public static void RequireShape(TensorType gradient, TensorType x, int index)
    {
        if (gradient != x) throw new ModelException(Rules.SameShape,
            $"'{Spelling}' needs a gradient of the shape of its input{(index == 0 ? "" : $" {index + 1}")}, {x.Shape}, but the given function makes {gradient.Shape}.") { Argument = "backward" };
    }

    public override NdArray Reference(ReferenceCall call) => call[0];

    public override Node Decompose(Node y) => y.Inputs[0];
}
