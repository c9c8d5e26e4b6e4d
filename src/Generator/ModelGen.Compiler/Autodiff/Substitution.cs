namespace ModelGen.Compiler.Autodiff;

/// <summary>Replaces one value by another in all that is computed from it. The old nodes stay as they are.</summary>
internal static class Substitution
{
    /// <param name="roots">The nodes wanted.</param>
    /// <param name="from">A node of the same graph.</param>
    /// <param name="to">What stands in its place, of the same type.</param>
    /// <returns>For each root, the same computation on <paramref name="to"/>; the root itself where it does not depend on <paramref name="from"/>.</returns>
    public static IReadOnlyList<Node> Replace(IReadOnlyList<Node> roots, Node from, Node to)
    {
        if (from.Type != to.Type) throw new InvalidOperationException($"{to} cannot stand in the place of {from}.");
        var graph = from.Graph;
        int last = roots.Max(r => r.Id);
        var nodes = graph.Nodes.Take(last + 1).ToArray();
        var needed = new bool[nodes.Length];
        foreach (var root in roots) needed[root.Id] = true;
        for (int i = last; i >= 0; i--)
            if (needed[i])
                foreach (var input in nodes[i].Inputs) needed[input.Id] = true;

        var map = new Node?[nodes.Length];
        for (int i = 0; i <= last; i++)
        {
            if (!needed[i]) continue;
            var node = nodes[i];
            if (node == from) map[i] = to;
            else if (node.Inputs.Any(input => map[input.Id] is not null))
            {
                var copy = graph.Add(node.Op, node.Inputs.Select(input => map[input.Id] ?? input).ToArray());
                copy.Name ??= node.Name;
                copy.Origin ??= node.Origin;
                copy.GradientOf ??= node.GradientOf;
                map[i] = copy;
            }
        }
        return roots.Select(r => map[r.Id] ?? r).ToArray();
    }
}
