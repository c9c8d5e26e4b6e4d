namespace ModelGen.Compiler.Scheduling;

/// <summary>A reshape is a view, and so is a result of an op that has several: they have no memory of their own.</summary>
internal static class Views
{
    /// <summary>The node whose memory holds this one's elements.</summary>
    public static Node Root(Node node)
    {
        while (node.Op is Reshape) node = node.Inputs[0];
        return node;
    }

    /// <summary>
    /// The node whose kernel writes this one's elements. A result of an op with several is reached by a pointer of its own, so it is a root for those who read it,
    /// but its memory is that of all results.
    /// </summary>
    public static Node Owner(Node node)
    {
        var root = Root(node);
        return root.Op is Result ? root.Inputs[0] : root;
    }

    /// <summary>True for values that kernels receive as scalars or write as literals.</summary>
    public static bool IsImmediate(Node node) => node.Op is ConstantLeaf or SizeLeaf;
}
