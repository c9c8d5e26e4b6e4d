namespace ModelGen.Compiler.Ir;

/// <summary>Which integers an index may be: what is known at compile time, and what has to be checked when the program runs.</summary>
internal static class IndexRange
{
    /// <summary>A number that all elements are below, none being negative; null when nothing is known.</summary>
    public static Dim? Limit(Node x) => x.DType == DType.Int32 ? x.Op.IndexLimit(x) : null;

    /// <summary>Refuses indices that are known to leave their range.</summary>
    public static void Check(Node y)
    {
        for (int i = 0; i < y.Inputs.Count; i++)
        {
            if (y.Inputs[i] is not { DType: DType.Int32 } index || Limit(index) is not { IsConstant: true } limit) continue;
            foreach (var (input, bound, _) in y.Op.IndexBounds(y))
                if (input == i && bound.IsConstant && limit.Value > bound.Value) throw new ModelException(Rules.Labels,
                    $"The indices that '{Views.Root(index).Name ?? Views.Root(index).Op.Name}' gives lie in 0..{limit - 1}, but here they must lie in 0..{bound - 1}.");
        }
    }

    /// <summary>Every use of integers as indices, those inside of loops included: whose node and which of its inputs, the bound below which they must be, and one that is allowed nevertheless.</summary>
    public static IEnumerable<(Node User, int Input, Dim Bound, int? Ignored)> Uses(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var (input, bound, ignored) in node.Op.IndexBounds(node)) yield return (node, input, bound, ignored);
            if (node.Op is not Scan scan) continue;
            foreach (var (user, input, bound, ignored) in Uses(scan.Body.Nodes))
                if (Views.Root(user.Inputs[input]).Op is ScanLeaf leaf) yield return (node, leaf.Index, bound, ignored);
        }
    }
}
