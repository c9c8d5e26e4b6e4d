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
    /// <param name="scale">What the loss is multiplied by; null for 1.</param>
    public static IReadOnlyList<Node> Gradient(Node loss, IReadOnlyList<Node> wrt, Node? scale = null)
    {
        if (loss.Shape.Rank != 0) throw new ModelException(Rules.ScalarLoss,
            $"A loss must be a scalar, but this one is {loss.Shape}; take its Mean() or Sum().");
        var gradients = Sweep(loss, wrt, scale ?? loss.Graph.Constant(1, loss.DType)).Gradients;
        return OrZero(gradients, wrt);
    }

    /// <summary>dL/dx for each x of <paramref name="wrt"/>, given dL/dy of some y that together are all that L depends on.</summary>
    public static IReadOnlyList<Node> Gradient(IReadOnlyList<(Node Y, Node Dy)> given, IReadOnlyList<Node> wrt) => OrZero(Sweep(given, wrt).Gradients, wrt);

    static Node[] OrZero(IReadOnlyList<Node?> gradients, IReadOnlyList<Node> wrt) =>
        wrt.Select((x, i) => gradients[i] ?? BroadcastTo.Of(x.Graph.Constant(0, x.DType), x.Shape)).ToArray();

    /// <summary>What a sweep found.</summary>
    /// <param name="Gradients">The gradient of each x; null where nothing flowed.</param>
    /// <param name="Reached">Whether y is computed from any x at all.</param>
    /// <param name="Ends">The nodes between y and x that were given a gradient and passed none on towards x, the nearest to y first.</param>
    public sealed record Findings(IReadOnlyList<Node?> Gradients, bool Reached, IReadOnlyList<Node> Ends);

    /// <summary>The vector-Jacobian products seedᵀ·dy/dx, for each x of <paramref name="wrt"/>.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="wrt">With respect to what: any nodes of the graph.</param>
    /// <param name="seed">The gradient of y, of its shape.</param>
    public static Findings Sweep(Node y, IReadOnlyList<Node> wrt, Node seed) => Sweep([(y, seed)], wrt);

    /// <summary>
    /// What flows to the inputs of a part of the graph when <paramref name="dy"/> flows to its result: the gradient rule of an op that is written as a
    /// formula of other ops. The walk ends at the inputs, also where one is computed from another.
    /// </summary>
    public static IReadOnlyList<Node> Pullback(Node y, Node dy, IReadOnlyList<Node> inputs) => Pullback([(y, dy)], inputs);

    /// <summary>The same for an op of several results.</summary>
    public static IReadOnlyList<Node> Pullback(IReadOnlyList<(Node Y, Node Dy)> given, IReadOnlyList<Node> inputs) => OrZero(Sweep(given, inputs, inside: true).Gradients, inputs);

    static Findings Sweep(IReadOnlyList<(Node Y, Node Dy)> given, IReadOnlyList<Node> wrt, bool inside = false)
    {
        var graph = given[0].Y.Graph;
        int last = given.Max(g => g.Y.Id);
        var nodes = graph.Nodes.Take(last + 1).ToArray();

        // Only what lies between y and some x needs a gradient.
        var depends = new bool[nodes.Length];
        foreach (var x in wrt)
            if (x.Id < nodes.Length) depends[x.Id] = true;
        foreach (var node in nodes)
            depends[node.Id] |= node.Inputs.Any(i => depends[i.Id]);

        var gradients = new Node?[nodes.Length];
        foreach (var (y, dy) in given) gradients[y.Id] = gradients[y.Id] is { } sum ? sum + dy : dy;
        // Of ops with several results: the gradient of each, until the op itself is reached.
        var results = new Dictionary<Node, Node?[]>();
        var ends = new List<Node>();
        for (int i = last; i >= 0; i--)
        {
            var node = nodes[i];
            if (!depends[i] || !node.Inputs.Any(input => depends[input.Id]) || (inside && wrt.Contains(node))) continue;
            bool passes = false;
            int first = graph.Nodes.Count;
            try
            {
                if (node.Op is MultiResultOp several)
                {
                    if (!results.TryGetValue(node, out var each)) continue;
                    several.Backward(new MultiVjp(node, each, input => depends[node.Inputs[input].Id], Accumulate));
                }
                else
                {
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
                }
            }
            catch (ModelException e)
            {
                if (e.Node?.Graph != graph) e.Node = node;   // of the body of a loop: the loop
                throw;
            }
            for (int n = first; n < graph.Nodes.Count; n++) graph.Nodes[n].GradientOf ??= node;
            if (!passes) ends.Add(node);

            void Accumulate(int input, Node gradient)
            {
                var target = node.Inputs[input];
                if (!depends[target.Id]) return;
                if (gradient.Shape != target.Shape) throw new InvalidOperationException(
                    $"The gradient rule of '{node.Op}' gives {gradient.Shape} for its input {input}, which is {target.Shape}.");
                gradients[target.Id] = gradients[target.Id] is { } sum ? sum + gradient : gradient;
                passes = true;
            }
        }
        foreach (var x in wrt)
            if (x.Id < nodes.Length && gradients[x.Id] is { } g && x.Name is { } name) g.Name ??= GradientName(name);
        return new Findings(wrt.Select(x => x.Id < nodes.Length ? gradients[x.Id] : null).ToArray(), given.Any(g => depends[g.Y.Id]), ends);
    }

    // dL/dhidden is called dHidden.
    static string GradientName(string name) => "d" + char.ToUpperInvariant(name[0]) + name.Substring(1);
}
