namespace ModelGen.Compiler.Scheduling;

/// <summary>
/// Finds convolutions whose result only a pooling of 2 x 2 reads, as in inference: pooled block by block, while a block is in the first-level cache, the result
/// as a whole is never in memory. In training the way back needs it.
/// </summary>
internal static class PooledConvolutions
{
    /// <summary>The same kernels, where each such pair is one.</summary>
    /// <param name="graph">The graph, whose outputs must stay.</param>
    /// <param name="kernels">In the order in which they run.</param>
    public static IReadOnlyList<Kernel> Fuse(Graph graph, IReadOnlyList<Kernel> kernels)
    {
        var outputs = new HashSet<Node>(graph.Roots.Select(Views.Root));
        var result = new List<Kernel>(kernels);
        foreach (var pool in kernels.OfType<CallKernel>().Where(IsPool2x2))
        {
            var whole = Views.Root(pool.Node.Inputs[0]);
            int at = result.FindIndex(k => k.Writes.Contains(whole));
            if (at < 0 || outputs.Contains(whole) || result[at] is not CallKernel convolution || !Fits(convolution, whole) || kernels.Any(k => k != pool && k.Reads.Contains(whole))) continue;
            result[at] = convolution.WithPooling(pool);
            result.Remove(pool);
        }
        return result;
    }

    static bool IsPool2x2(CallKernel kernel) => kernel.Call.Method == "MaxPool2d.Forward" && kernel.Node.Op is MaxPool2d
    {
        Window: { KernelHeight: 2, KernelWidth: 2, StrideY: 2, StrideX: 2, PaddingY: 0, PaddingX: 0, DilationY: 1, DilationX: 1 },
    };

    // A product (1 x 1) and the convolution of each channel alone go other ways. What the epilogue reads must be the same for all rows, since a block has no place of its own.
    static bool Fits(CallKernel kernel, Node whole) =>
        kernel is { Call.Method: "Conv2d.Forward", Node.Op: Conv2d { Groups: 1, Window: { KernelHeight: > 1 } or { KernelWidth: > 1 } } }
        && kernel.Target == whole && kernel.Writes.All(w => w == whole)
        && (kernel.Epilogue is not { } loop || (loop.Body.All(n => n.Op is not ElementwiseOp { UsesCoordinate: true })
            && loop.Operands.All(o => Views.IsImmediate(o) || Views.Root(o) == kernel.Node || loop.AccessTo(o).RowTerms.Count == 0)));
}
