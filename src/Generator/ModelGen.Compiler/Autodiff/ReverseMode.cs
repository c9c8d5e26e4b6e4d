namespace ModelGen.Compiler.Autodiff;

/// <summary>
/// Reverse-mode differentiation. It only walks and accumulates; the rules live with the ops. Gradients are ordinary nodes of the
/// same graph, so they are simplified, fused and differentiated again like all others.
/// </summary>
internal static class ReverseMode
{
    /// <summary>dL/dx for each x of <paramref name="wrt"/>; a zero of x's shape where L does not depend on x.</summary>
    /// <param name="loss">A scalar.</param>
    public static IReadOnlyList<Node> Gradient(Node loss, IReadOnlyList<Node> wrt)
    {
        if (loss.Shape.Rank != 0) throw new ModelException(Rules.ScalarLoss,
            $"A loss must be a scalar, but this one is {loss.Shape}; take its Mean() or Sum().");
        return Walk(loss, loss.Graph.Constant(1, loss.DType), wrt, inside: false);
    }

    /// <summary>
    /// What flows to the inputs of a part of the graph when <paramref name="dy"/> flows to its result: the gradient rule of an op that is written as a
    /// formula of other ops. The walk ends at the inputs, also where one is computed from another.
    /// </summary>
    public static IReadOnlyList<Node> Pullback(Node y, Node dy, IReadOnlyList<Node> inputs) => Walk(y, dy, inputs, inside: true);

    static Node[] Walk(Node y, Node start, IReadOnlyList<Node> wrt, bool inside)
    {
        var graph = y.Graph;
        var nodes = graph.Nodes.Take(y.Id + 1).ToArray();

        // Only what lies between y and some x needs a gradient.
        var depends = new bool[nodes.Length];
        foreach (var x in wrt)
            if (x.Id < nodes.Length) depends[x.Id] = true;
        foreach (var node in nodes)
            depends[node.Id] |= node.Inputs.Any(i => depends[i.Id]);

        var gradients = new Node?[nodes.Length];
        gradients[y.Id] = start;
        for (int i = y.Id; i >= 0; i--)
        {
            var node = nodes[i];
            if (gradients[i] is not { } dy || !depends[i] || node.Inputs.Count == 0 || (inside && wrt.Contains(node))) continue;
            if (node.Name is { } name) dy.Name ??= GradientName(name);
            node.Op.Backward(new Vjp(node, dy, (input, gradient) =>
            {
                var target = node.Inputs[input];
                if (!depends[target.Id]) return;
                if (gradient.Shape != target.Shape) throw new InvalidOperationException(
                    $"The gradient rule of '{node.Op}' gives {gradient.Shape} for its input {input}, which is {target.Shape}.");
                gradients[target.Id] = gradients[target.Id] is { } sum ? sum + gradient : gradient;
            }));
        }
        foreach (var x in wrt)
            if (x.Id < nodes.Length && gradients[x.Id] is { } g && x.Name is { } name) g.Name ??= GradientName(name);
        return wrt.Select(x => x.Id < nodes.Length && gradients[x.Id] is { } gradient ? gradient : BroadcastTo.Of(graph.Constant(0, x.DType), x.Shape)).ToArray();
    }

    // dL/dhidden is called dHidden.
    static string GradientName(string name) => "d" + char.ToUpperInvariant(name[0]) + name.Substring(1);
}
