namespace ModelGen.Compiler.Codegen.Loops;

/// <summary>
/// The passes of a row kernel. A value that needs the result of a reduction can only be computed in a later pass over the row; what an
/// earlier pass computed is then read back when it was stored anyway, computed again when that is cheap, and kept in scratch otherwise.
/// </summary>
internal sealed class RowPlan
{
    readonly LoopKernel kernel;
    readonly Dictionary<Node, int> stage = [];
    readonly List<Node> spilled = [];

    RowPlan(LoopKernel kernel, int cheapToRepeat)
    {
        this.kernel = kernel;
        foreach (var node in kernel.Body) stage[node] = StageOf(node);
        LastStage = stage.Values.DefaultIfEmpty(0).Max();
        for (int s = 1; s <= LastStage; s++)
            foreach (var node in Needed(s))
                if (stage[node] < s && !kernel.Stores.Contains(node) && !spilled.Contains(node) && RepeatCost(node, s) > cheapToRepeat) spilled.Add(node);
    }

    /// <param name="kernel">A kernel in row form.</param>
    /// <param name="cheapToRepeat">What may be computed again, in multiply-adds; what costs more is kept in scratch.</param>
    public static RowPlan For(LoopKernel kernel, int cheapToRepeat) => new(kernel, cheapToRepeat);

    public int LastStage { get; }

    /// <summary>Values kept in scratch from one pass to a later one.</summary>
    public IReadOnlyList<Node> Spilled => spilled;

    int StageOf(Node node)
    {
        int latest = node.Inputs.Select(i => stage.TryGetValue(Member(i), out int s) ? s : 0).DefaultIfEmpty(0).Max();
        return node.Op is ReductionOp ? latest + 1 : latest;
    }

    Node Member(Node node) => node.Op is Reshape && kernel.Body.Contains(Views.Root(node)) ? Views.Root(node) : node;

    /// <summary>Elementwise row values that are known before the pass of this stage and not earlier.</summary>
    public IReadOnlyList<Node> RowValues(int s) => kernel.Body.Where(n => kernel.IsRowValue(n) && n.Op is not ReductionOp && stage[n] == s).ToArray();

    /// <summary>Reductions that this pass completes.</summary>
    public IReadOnlyList<Node> Reductions(int s) => kernel.Body.Where(n => n.Op is ReductionOp && stage[n] == s + 1).ToArray();

    /// <summary>Values that this pass writes to memory or scratch.</summary>
    public IReadOnlyList<Node> Stores(int s) =>
        kernel.Body.Where(n => !kernel.IsRowValue(n) && stage[n] == s && (kernel.Stores.Contains(n) || spilled.Contains(n))).ToArray();

    /// <summary>Values that this pass reads back.</summary>
    public IReadOnlyCollection<Node> Reloaded(int s) =>
        kernel.Body.Where(n => !kernel.IsRowValue(n) && stage[n] < s && (kernel.Stores.Contains(n) || spilled.Contains(n))).ToArray();

    // Full-size body nodes that the pass touches, not looking behind what it can read back.
    List<Node> Needed(int s)
    {
        var found = new List<Node>();
        foreach (var target in Reductions(s).Select(r => r.Inputs[0]).Concat(Stores(s))) Visit(target);
        return found;

        void Visit(Node node)
        {
            if (!stage.TryGetValue(node, out int own) || kernel.IsRowValue(node) || found.Contains(node)) return;
            found.Add(node);
            if (own < s && (kernel.Stores.Contains(node) || spilled.Contains(node))) return;
            foreach (var input in node.Inputs) Visit(input);
        }
    }

    int RepeatCost(Node node, int s)
    {
        if (!stage.TryGetValue(node, out int own) || kernel.IsRowValue(node)) return 0;
        if (own < s && (kernel.Stores.Contains(node) || spilled.Contains(node))) return 0;
        int cost = node.Op is ElementwiseOp op ? op.Cost(node.Inputs.Count) : 0;
        return cost + node.Inputs.Sum(i => RepeatCost(i, s));
    }
}
