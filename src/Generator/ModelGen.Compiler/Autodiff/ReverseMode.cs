namespace ModelGen.Compiler.Autodiff;

/// <summary>
/// Reverse-mode differentiation. It only walks and accumulates; the rules live with the ops. Gradients are ordinary nodes of the
/// same graph, so they are simplified, fused and differentiated again like all others.
/// </summary>
internal static class ReverseMode
{
    /// <summary>dL/dx for each x of <paramref name="wrt"/>; a zero of x's shape where L does not depend on x.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="wrt">What to differentiate with respect to.</param>
    public static IReadOnlyList<Node> Gradient(Node loss, IReadOnlyList<Node> wrt)
    {
        if (loss.Shape.Rank != 0) throw new ModelException(Rules.ScalarLoss,
            $"A loss must be a scalar, but this one is {loss.Shape}; take its Mean() or Sum().");
        var graph = loss.Graph;
        var gradients = Sweep(loss, wrt, graph.Constant(1, loss.DType)).Gradients;
        return wrt.Select((x, i) => gradients[i] ?? Ops.BroadcastTo.Of(graph.Constant(0, x.DType), x.Shape)).ToArray();
    }

    /// <summary>
    /// The node, nearest to the loss, that depends on <paramref name="wrt"/> but lets no gradient through; null when a gradient reaches some
    /// x, or when the loss depends on none.
    /// </summary>
    public static Node? Barrier(Node loss, IReadOnlyList<Node> wrt)
    {
        var sweep = Sweep(loss, wrt, loss.Graph.Constant(1, loss.DType));
        return sweep.Reached && sweep.Gradients.All(g => g is null) ? sweep.Ends[0] : null;
    }

    /// <summary>What a sweep found.</summary>
    /// <param name="Gradients">The gradient of each x; null where nothing flowed.</param>
    /// <param name="Reached">Whether y is computed from any x at all.</param>
    /// <param name="Ends">The nodes between y and x that were given a gradient and passed none on towards x, the last one first.</param>
    public sealed record Result(IReadOnlyList<Node?> Gradients, bool Reached, IReadOnlyList<Node> Ends);

    /// <summary>The vector-Jacobian products seedᵀ·dy/dx, for each x of <paramref name="wrt"/>.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="wrt">With respect to what: any nodes of the graph.</param>
    /// <param name="seed">The gradient of y, of its shape.</param>
    public static Result Sweep(Node y, IReadOnlyList<Node> wrt, Node seed)
    {
        var nodes = y.Graph.Nodes.Take(y.Id + 1).ToArray();

        // Only what lies between y and some x needs a gradient.
        var depends = new bool[nodes.Length];
        foreach (var x in wrt)
            if (x.Id < nodes.Length) depends[x.Id] = true;
        foreach (var node in nodes)
            depends[node.Id] |= node.Inputs.Any(i => depends[i.Id]);

        var gradients = new Node?[nodes.Length];
        var ends = new List<Node>();
        gradients[y.Id] = seed;
        for (int i = y.Id; i >= 0; i--)
        {
            var node = nodes[i];
            if (gradients[i] is not { } dy || !depends[i] || !node.Inputs.Any(input => depends[input.Id])) continue;
            if (node.Name is { } name) dy.Name ??= GradientName(name);
            bool passes = false;
            int first = y.Graph.Nodes.Count;
            try
            {
                node.Op.Backward(new Vjp(node, dy, (input, gradient) =>
                {
                    var target = node.Inputs[input];
                    if (!depends[target.Id]) return;
                    if (gradient.Shape != target.Shape) throw new InvalidOperationException(
                        $"The gradient rule of '{node.Op}' gives {gradient.Shape} for its input {input}, which is {target.Shape}.");
                    gradients[target.Id] = gradients[target.Id] is { } sum ? sum + gradient : gradient;
                    passes = true;
                }));
            }
            catch (ModelException e)
            {
                e.Node ??= node;
                throw;
            }
            for (int n = first; n < y.Graph.Nodes.Count; n++) y.Graph.Nodes[n].GradientOf ??= node;
            if (!passes) ends.Add(node);
        }
        foreach (var x in wrt)
            if (x.Id < nodes.Length && gradients[x.Id] is { } g && x.Name is { } name) g.Name ??= GradientName(name);
        return new Result(wrt.Select(x => x.Id < nodes.Length && depends[y.Id] ? gradients[x.Id] : null).ToArray(), depends[y.Id], ends);
    }

    // dL/dhidden is called dHidden.
    static string GradientName(string name) => "d" + char.ToUpperInvariant(name[0]) + name.Substring(1);
}
