namespace ModelGen.Compiler.Passes;

/// <summary>
/// A reduction over axes that are not neighbours becomes several: the last run of axes first. What remains is over trailing axes
/// (a row loop) or over one run before kept axes (a column loop).
/// </summary>
internal static class SplitReductions
{
    public static readonly Pass Pass = new("split reductions", graph => graph.Rewrite(Split));

    static Node? Split(Graph target, Node node, Node[] inputs)
    {
        if (node.Op is not ReductionOp { KeepDims: true } op) return null;
        var runs = Runs(op, inputs[0].Shape);
        if (runs.Count < 2) return null;
        var x = inputs[0];
        for (int i = runs.Count - 1; i >= 0; i--) x = target.Add(op.With(runs[i], keepDims: true), x);
        return x;
    }

    // Axes of size 1 separate nothing: they belong to whatever run is around them.
    static List<List<int>> Runs(ReductionOp op, Shape shape)
    {
        var runs = new List<List<int>>();
        bool open = false;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (op.Axes.Contains(axis))
            {
                if (!open) runs.Add([]);
                runs[runs.Count - 1].Add(axis);
                open = true;
            }
            else if (!shape[axis].IsOne)
            {
                open = false;
            }
        }
        return runs;
    }
}
