namespace ModelGen.Compiler.Passes;

/// <summary>A named rewriting of a graph.</summary>
internal sealed record Pass(string Name, Func<Graph, Graph> Run);

/// <summary>The list of passes. Common subexpressions and dead code need none: equal nodes are one from the start, and a rewrite copies only live ones.</summary>
internal static class Pipeline
{
    public static readonly IReadOnlyList<Pass> Passes =
    [
        Decompose.Pass,              // after autodiff, which knows the composites' own gradient rules
        GuardIndices.Pass,           // indices that the model computes
        Simplify.Pass,               // folds what decomposition exposed
        MovePermutes.Pass,           // channels-last chains: permutes meet and cancel
        Simplify.Pass,               // what the moved permutes leave: reshapes of reshapes, transposed products
        KeepReducedAxes.Pass,        // reductions keep their axes, so that what follows broadcasts without a reshape
        SplitReductions.Pass,        // every reduction is over trailing axes or over one run of leading ones: the two forms of loops
        Simplify.Pass,
        ScanBodies.Pass,             // the same for the bodies of loops
    ];

    /// <param name="graph">What autodiff made.</param>
    /// <param name="trace">Sees the graph after every pass, by the pass's name: for dumps.</param>
    public static Graph Run(Graph graph, Action<string, Graph>? trace = null)
    {
        trace?.Invoke("lowered", graph);
        foreach (var pass in Passes)
        {
            graph = pass.Run(graph);
            Verify(pass, graph);
            trace?.Invoke(pass.Name, graph);
        }
        return graph;
    }

    [System.Diagnostics.Conditional("DEBUG")]
    static void Verify(Pass pass, Graph graph) => GraphVerifier.Verify(graph, "after pass " + pass.Name);
}
