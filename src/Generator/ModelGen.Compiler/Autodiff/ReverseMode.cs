namespace ModelGen.Compiler.Autodiff;

/// <summary>
/// Reverse-mode differentiation. It only walks and accumulates; the rules live with the ops. Gradients are ordinary nodes of the
/// same graph, so they are simplified, fused and differentiated again like all others.
/// </summary>
internal static class ReverseMode
{
    /// <summary>dL/dx for each x of <paramref name="wrt"/>; a zero of x's shape where L does not depend on x.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="wrt">The values with respect to which L is differentiated.</param>
    public static IReadOnlyList<Node> Gradient(Node loss, IReadOnlyList<Node> wrt)
    {
        var (gradients, _) = Propagate(loss, wrt);
        foreach (var x in wrt)
            if (Of(x) is { } g && x.Name is { } name) g.Name ??= GradientName(name);
        return wrt.Select(x => Of(x) ?? BroadcastTo.Of(x.Graph.Constant(0, x.DType), x.Shape)).ToArray();

        Node? Of(Node x) => x.Id < gradients.Length ? gradients[x.Id] : null;
    }

    /// <summary>
    /// The node, nearest to the loss, that depends on <paramref name="wrt"/> but lets no gradient through; null when a gradient reaches some
    /// x, or when the loss depends on none.
    /// </summary>
    public static Node? Barrier(Node loss, IReadOnlyList<Node> wrt)
    {
        var (gradients, depends) = Propagate(loss, wrt);
        if (!depends[loss.Id] || wrt.Any(x => x.Id < gradients.Length && gradients[x.Id] is not null)) return null;
        return loss.Graph.Nodes.Take(gradients.Length).Last(n => depends[n.Id] && gradients[n.Id] is not null && n.Inputs.All(i => gradients[i.Id] is null));
    }

    // The gradient of each node up to the loss, where there is one, and which nodes depend on wrt.
    static (Node?[] Gradients, bool[] Depends) Propagate(Node loss, IReadOnlyList<Node> wrt)
    {
        if (loss.Shape.Rank != 0) throw new ModelException(Rules.ScalarLoss,
            $"A loss must be a scalar, but this one is {loss.Shape}; take its Mean() or Sum().");
        var graph = loss.Graph;
        var nodes = graph.Nodes.Take(loss.Id + 1).ToArray();

        // Only what lies between the loss and some x needs a gradient.
        var depends = new bool[nodes.Length];
        foreach (var x in wrt)
            if (x.Id < nodes.Length) depends[x.Id] = true;
        foreach (var node in nodes)
            depends[node.Id] |= node.Inputs.Any(i => depends[i.Id]);

        var gradients = new Node?[nodes.Length];
        gradients[loss.Id] = graph.Constant(1, loss.DType);
        for (int i = loss.Id; i >= 0; i--)
        {
            var node = nodes[i];
            if (gradients[i] is not { } dy || !depends[i] || node.Inputs.Count == 0) continue;
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
        return (gradients, depends);
    }

    // dL/dhidden is called dHidden.
    static string GradientName(string name) => "d" + char.ToUpperInvariant(name[0]) + name.Substring(1);
}
