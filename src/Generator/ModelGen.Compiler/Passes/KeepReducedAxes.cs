namespace ModelGen.Compiler.Passes;

/// <summary>A reduction that drops its axes becomes one that keeps them as size 1, and a reshape. Reductions over axes of size 1 vanish.</summary>
internal static class KeepReducedAxes
{
    public static readonly Pass Pass = new("keep reduced axes", graph => graph.Rewrite((target, node, inputs) =>
        node.Op is ReductionOp { KeepDims: false } reduction
            ? Reshape.Of(target.Add(reduction.With(reduction.Axes, keepDims: true), inputs[0]), node.Shape)
            : null));
}
