namespace ModelGen.Compiler.Passes;

/// <summary>An output needs memory of its own: a copy, where it is a leaf, a constant, one of several results, a view of another output or a second name for one.</summary>
internal static class OwnOutputs
{
    public static Graph Of(Graph graph)
    {
        var result = graph.Rewrite((_, _, _) => null);
        var taken = new HashSet<Node>();
        for (int i = 0; i < result.Outputs.Count; i++)
        {
            var (name, value) = result.Outputs[i];
            var root = Views.Root(value);
            if (root.Op is LeafOp or Result || !taken.Add(root)) result.Outputs[i] = (name, result.Add(value.DType == DType.Int32 ? new IntegerCopy(i) : new CopyOp(i), value));
        }
        for (int i = 0; i < result.Updates.Count; i++)
        {
            var (state, value) = result.Updates[i];
            if (Views.Root(value).Op is LeafOp or Result) result.Updates[i] = (state, result.Add(new CopyOp(result.Outputs.Count + i), value));
        }
        return result;
    }
}
