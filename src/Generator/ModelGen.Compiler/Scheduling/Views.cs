namespace ModelGen.Compiler.Scheduling;

/// <summary>A reshape is a view: it has no memory of its own.</summary>
internal static class Views
{
    /// <summary>The node whose memory holds this one's elements.</summary>
    public static Node Root(Node node)
    {
        while (node.Op is Reshape) node = node.Inputs[0];
        return node;
    }

    /// <summary>True for values that kernels receive as scalars or write as literals.</summary>
    public static bool IsImmediate(Node node) => node.Op is ConstantLeaf or SizeLeaf;
}
