namespace ModelGen.Compiler.Passes;

/// <summary>Runs all passes on the bodies of loops, and gives what goes in and out memory of its own.</summary>
internal static class ScanBodies
{
    public static readonly Pass Pass = new("scan bodies", graph => graph.Rewrite((target, node, inputs) => node.Op is not Scan scan ? null
        // A constant has no memory that a step could read.
        : target.Add(scan.With(OwnOutputs.Of(Pipeline.Run(scan.Body))), inputs.Select((x, i) => Views.IsImmediate(Views.Root(x)) ? target.Add(new CopyOp(i), x) : x).ToArray())));
}
