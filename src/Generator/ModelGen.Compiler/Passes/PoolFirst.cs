namespace ModelGen.Compiler.Passes;

/// <summary>
/// Takes the largest of a window before the bias and the activation that follow a convolution, not after: max f(x) = f(max x) where f never decreases, and f is then computed once
/// for each window. Before autodiff, so that masks and the gradients of biases shrink too. Not where windows overlap, and not where somebody else reads what f makes.
/// </summary>
internal static class PoolFirst
{
    public static Graph Of(Graph graph)
    {
        var live = graph.Live();
        if (!live.Any(IsPooling)) return graph;
        var readers = live.SelectMany(n => n.Inputs).Concat(graph.Roots).GroupBy(n => n).ToDictionary(g => g.Key, g => g.Count());
        return graph.Rewrite((target, node, inputs) => IsPooling(node) && Between(node, readers) is { } steps && steps.Any(s => s.Node.Op is not Permute) ? Pooled(target, node, inputs[0], steps) : null);
    }

    static bool IsPooling(Node node) => node.Op is MaxPool2d { Window: var w } && w.StrideY >= w.KernelHeight && w.StrideX >= w.KernelWidth;

    // What stands between a convolution and its pooling, the last one first; null when some step must stay where it is.
    static List<Step>? Between(Node pooling, IReadOnlyDictionary<Node, int> readers)
    {
        var steps = new List<Step>();
        // Where rows and columns are: the user sees other axes than the kernels.
        int rows = 1, columns = 2;
        for (var x = pooling.Inputs[0]; x.Op is not Conv2d; x = x.Inputs[steps[steps.Count - 1].Input])
        {
            if (readers[x] > 1 || Followed(x, rows, columns) is not { } input) return null;
            steps.Add(new(x, input));
            if (x.Op is Permute permute) (rows, columns) = (permute.Axes[rows], permute.Axes[columns]);
        }
        return steps;
    }

    // The input that a step never lets decrease, while its others are the same for all pixels of a channel.
    static int? Followed(Node step, int rows, int columns)
    {
        if (step.Op is Permute || step.Op.IsNondecreasing) return 0;
        if (step.Op is Add or Subtract && IsSame(step.Inputs[1])) return 0;
        return step.Op is Add && IsSame(step.Inputs[0]) ? 1 : null;

        bool IsSame(Node operand)
        {
            var shape = Narrow(operand).Shape;
            int missing = step.Shape.Rank - shape.Rank;
            return IsOne(rows) && IsOne(columns);

            bool IsOne(int axis) => axis < missing || shape[axis - missing].IsOne;
        }
    }

    static Node Narrow(Node operand) => operand.Op is BroadcastTo ? operand.Inputs[0] : operand;

    // The convolution in the new graph, pooled, and then the same steps.
    static Node Pooled(Graph target, Node pooling, Node images, List<Step> steps)
    {
        var copies = new List<Node>();
        foreach (var step in steps)
        {
            copies.Add(images);
            images = images.Inputs[step.Input];
        }
        var y = target.Add(pooling.Op, images);
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            var (step, pooled) = (steps[i], y);
            y = target.Add(step.Node.Op, [.. copies[i].Inputs.Select((x, k) => k == step.Input ? pooled : Narrow(x))]);
            (y.Name, y.Origin) = (y.Name ?? step.Node.Name, y.Origin ?? step.Node.Origin);
        }
        return y;
    }

    /// <param name="Node">What is computed.</param>
    /// <param name="Input">The input that comes from the convolution.</param>
    readonly record struct Step(Node Node, int Input);
}
