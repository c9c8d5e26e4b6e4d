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
        return Gradient([(loss, loss.Graph.Constant(1, loss.DType))], wrt);
    }

    /// <summary>dL/dx for each x of <paramref name="wrt"/>, given dL/dy of some y that together are all that L depends on.</summary>
    public static IReadOnlyList<Node> Gradient(IReadOnlyList<(Node Y, Node Dy)> given, IReadOnlyList<Node> wrt)
    {
        var graph = given[0].Y.Graph;
        int last = given.Max(g => g.Y.Id);
        var nodes = graph.Nodes.Take(last + 1).ToArray();

        // Only what lies between L and some x needs a gradient.
        var depends = new bool[nodes.Length];
        foreach (var x in wrt)
            if (x.Id < nodes.Length) depends[x.Id] = true;
        foreach (var node in nodes)
            depends[node.Id] |= node.Inputs.Any(i => depends[i.Id]);

        var gradients = new Node?[nodes.Length];
        foreach (var (y, dy) in given) gradients[y.Id] = gradients[y.Id] is { } sum ? sum + dy : dy;
        // Of ops with several results: the gradient of each, until the op itself is reached.
        var results = new Dictionary<Node, Node?[]>();
        for (int i = last; i >= 0; i--)
        {
            var node = nodes[i];
            if (!depends[i] || node.Inputs.Count == 0) continue;
            if (node.Op is MultiResultOp several)
            {
                if (results.TryGetValue(node, out var each)) several.Backward(new MultiVjp(node, each, input => depends[node.Inputs[input].Id], Accumulate));
                continue;
            }
            if (gradients[i] is not { } dy) continue;
            if (node.Name is { } name) dy.Name ??= GradientName(name);
            if (node.Op is Result part)
            {
                if (!results.TryGetValue(node.Inputs[0], out var each))
                    results[node.Inputs[0]] = each = new Node?[((MultiResultOp)node.Inputs[0].Op).Results(node.Inputs[0].Inputs.Select(x => x.Type).ToArray()).Count];
                each[part.Index] = dy;
                continue;
            }
            node.Op.Backward(new Vjp(node, dy, Accumulate));

            void Accumulate(int input, Node gradient)
            {
                var target = node.Inputs[input];
                if (!depends[target.Id]) return;
                if (gradient.Shape != target.Shape) throw new InvalidOperationException(
                    $"The gradient rule of '{node.Op}' gives {gradient.Shape} for its input {input}, which is {target.Shape}.");
                gradients[target.Id] = gradients[target.Id] is { } sum ? sum + gradient : gradient;
            }
        }
        foreach (var x in wrt)
            if (x.Id < nodes.Length && gradients[x.Id] is { } g && x.Name is { } name) g.Name ??= GradientName(name);
        return wrt.Select(x => x.Id < nodes.Length && gradients[x.Id] is { } gradient ? gradient : BroadcastTo.Of(graph.Constant(0, x.DType), x.Shape)).ToArray();
    }

    // dL/dhidden is called dHidden.
    static string GradientName(string name) => "d" + char.ToUpperInvariant(name[0]) + name.Substring(1);
}
