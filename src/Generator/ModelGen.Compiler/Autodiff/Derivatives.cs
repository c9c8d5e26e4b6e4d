namespace ModelGen.Compiler.Autodiff;

/// <summary>
/// The derivatives that a user's code asks for by name. Each is a composition of reverse sweeps over one graph, so each can be differentiated again. A
/// derivative that is zero everywhere is a mistake, and said to be one.
/// </summary>
internal static class Derivatives
{
    public const string Gradient = "Gradient", Vjp = "Vjp", Jvp = "Jvp", Hvp = "Hvp", Jacobian = "Jacobian";

    /// <summary>True for the derivatives that are one tensor of the graph's: of y, with respect to one x, along a v (all but the gradient).</summary>
    public static bool IsMethod(string name) => name is Gradient or Vjp or Jvp or Hvp;

    /// <param name="method"><see cref="Gradient"/>, <see cref="Vjp"/>, <see cref="Jvp"/> or <see cref="Hvp"/>.</param>
    /// <param name="y">What is differentiated.</param>
    /// <param name="x">With respect to what: any value that y is computed from.</param>
    /// <param name="v">The direction: of y's shape for Vjp, of x's for Jvp and Hvp; null for the gradient.</param>
    /// <param name="element">Which of several x this is, for the place of a message.</param>
    public static Node Of(string method, Node y, Node x, Node? v, int element = -1)
    {
        if (x.Op is Ops.ConstantLeaf or Ops.SizeLeaf || (x.Op is Ops.BroadcastTo && x.Inputs[0].Op is Ops.ConstantLeaf)) throw Wrong(Rules.NoGradient,
            $"'{method}' is asked for the derivative with respect to a constant; name an input, or a value that is computed from one.", element);
        return method switch
        {
            Gradient => Pull(method, y, x, Ones(y), element),
            Vjp => Pull(method, y, x, Along(method, v!, y, "y"), element),
            Jvp => Push(y, x, Along(method, v!, x, "x")),
            Hvp => Pull(method, Pull(method, y, x, Ones(y), element), x, Along(method, v!, x, "x"), element),
            _ => throw new InvalidOperationException($"There is no derivative '{method}'."),
        };
    }

    /// <summary>A Jacobian has a row for each element of y's last axis; the axes before it belong to rows that do not know each other.</summary>
    public static void CheckJacobian(Shape y, Shape x)
    {
        if (y.Rank == 0 || x.Rank == 0 || !y[y.Rank - 1].IsConstant || !y.Take(y.Rank - 1).SequenceEqual(x.Take(x.Rank - 1))) throw new ModelException(Rules.SameShape,
            $"'{Jacobian}' needs a y [..., m] of constant m and an x [..., n] whose other axes are the same, but was given {y} and {x}.");
    }

    // J·v without rules of its own: the vector-Jacobian product wᵀJ is linear in w, so its gradient with respect to w, along v, is J·v.
    static Node Push(Node y, Node x, Node v)
    {
        var graph = y.Graph;
        var w = graph.Add(new Ops.Cotangent("of %" + y.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), y.Type));
        var product = Pull(Jvp, y, x, w, element: -1);
        var result = Pull(Jvp, product, w, v, element: -1);
        // Linear in w, so w is not in its derivative; a rule that writes it down all the same gets zeros.
        return Substitution.Replace([result], w, Ops.BroadcastTo.Of(graph.Constant(0, y.DType), y.Shape))[0];
    }

    static Node Pull(string method, Node y, Node x, Node seed, int element)
    {
        if (!y.DType.IsFloat()) throw new ModelException(Rules.ElementType, $"'{method}' differentiates floating-point tensors, but was given {y.Type}.") { Argument = "y" };
        var sweep = ReverseMode.Sweep(y, [x], seed);
        if (sweep.Gradients[0] is { } gradient) return gradient;
        if (!sweep.Reached) throw Wrong(Rules.NoGradient, y.GradientOf is not null
            ? $"The gradient{Called(y)} does not depend on{Called(x) ?? " 'x'"}, so its derivative is zero everywhere: the function is linear in it."
            : $"'{method}' is asked for the derivative of{Called(y) ?? " a value"} with respect to{Called(x) ?? " 'x'"}, but{Called(y) ?? " it"} is not computed from{Called(x) ?? " that value"}; use the very tensor that went into it.", element);
        var ends = string.Join(" and ", sweep.Ends.Select(Spelling).Distinct());
        throw new ModelException(Rules.NotDifferentiable,
            $"The derivative that '{method}' is asked for is zero everywhere, because nothing flows through {ends}; use a smooth function there (Tanh, Silu, Gelu).");
    }

    static ModelException Wrong(string rule, string message, int element) => new(rule, message) { Argument = "x", Element = element };

    static Node Ones(Node y) => Ops.BroadcastTo.Of(y.Graph.Constant(1, y.DType), y.Shape);

    static Node Along(string method, Node v, Node x, string name)
    {
        if (v.Type != x.Type) throw new ModelException(Rules.SameShape, $"'{method}' needs a direction 'v' of the shape of '{name}', {x.Shape}, but it is {v.Shape}.") { Argument = "v" };
        return v;
    }

    static string? Called(Node node) => node.Name is { Length: > 0 } name ? $" '{name}'" : null;

    // The user knows the op whose gradient rule made the node, not the node.
    static string Spelling(Node node)
    {
        int order = 0;
        for (; node.GradientOf is { } forward; node = forward) order++;
        var name = node.Op is ElementwiseOp op ? op.Spelling : node.Op.Name;
        return order == 0 ? $"'{name}'" : $"the gradient of '{name}'";
    }
}
