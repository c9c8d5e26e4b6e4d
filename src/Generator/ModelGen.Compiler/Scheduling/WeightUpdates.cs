namespace ModelGen.Compiler.Scheduling;

/// <summary>
/// Finds the products that may update the weights themselves: a gradient that nobody else needs goes into the weights block by block, while the
/// block is in the first-level cache, and is never written to memory. For a large dense layer that is a third of the traffic of its update.
/// </summary>
internal static class WeightUpdates
{
    // Below this all weights and gradients of a layer stay in the cache anyway.
    const long FewestElements = 16 * 1024;

    /// <summary>The same kernels, some of which update the weights that they make the gradient of.</summary>
    /// <param name="kernels">In the order in which they run.</param>
    /// <param name="loss">The value that must be known before a weight changes.</param>
    /// <param name="gradients">The gradients, each with the weights that it belongs to.</param>
    public static IReadOnlyList<Kernel> Fuse(IReadOnlyList<Kernel> kernels, Node loss, IReadOnlyList<(Node Gradient, Node Weight)> gradients)
    {
        int lossAt = IndexOfLast(kernels, k => k.Writes.Contains(Views.Root(loss)));
        var fused = kernels.ToArray();
        foreach (var (gradient, weight) in gradients)
        {
            var node = Views.Root(gradient);
            int at = IndexOfLast(kernels, k => k.Writes.Contains(node));
            bool fits = at > lossAt && kernels[at] is CallKernel { Epilogue: null, Call.Update: not null } && gradients.Count(g => Views.Root(g.Gradient) == node) == 1
                && weight.Shape.Elements is { IsConstant: true, Value: >= FewestElements }
                && kernels.All(k => !k.Reads.Contains(node)) && IndexOfLast(kernels, k => k.Reads.Contains(weight)) < at;
            if (fits) fused[at] = ((CallKernel)kernels[at]).WithUpdateOf(weight);
        }
        return fused;
    }

    static int IndexOfLast(IReadOnlyList<Kernel> kernels, Func<Kernel, bool> condition)
    {
        int i = kernels.Count - 1;
        while (i >= 0 && !condition(kernels[i])) i--;
        return i;
    }
}
