namespace ModelGen.Compiler.Ir;

/// <summary>
/// Evaluates a graph with the ops' reference semantics. Slow and plain: the eager mode and the oracle of the tests.
/// </summary>
internal static class Interpreter
{
    /// <param name="roots">The nodes wanted.</param>
    /// <param name="leaf">The value of inputs, parameters and states; null for leaves that know their own.</param>
    /// <param name="symbol">The value of each symbolic size.</param>
    /// <param name="random">Uniform numbers in [0, 1) by stream and element, for dropout.</param>
    /// <param name="storage">What factors of products are rounded to; null for nothing.</param>
    /// <param name="round">Whether values are rounded to their element type after each op; gradient checks want full precision.</param>
    /// <param name="given">Values of nodes that are given and not computed.</param>
    public static IReadOnlyList<NdArray> Evaluate(IReadOnlyList<Node> roots, Func<LeafOp, NdArray?> leaf, Func<string, long> symbol, bool round,
        Func<ulong, long, double>? random = null, DType? storage = null, IReadOnlyDictionary<Node, NdArray>? given = null)
    {
        var values = new Dictionary<Node, NdArray>();
        foreach (var pair in given ?? new Dictionary<Node, NdArray>()) values.Add(pair.Key, pair.Value);
        foreach (var root in roots) Visit(root);
        return roots.Select(r => values[r]).ToArray();

        void Visit(Node root)
        {
            var stack = new Stack<(Node Node, bool Ready)>();
            stack.Push((root, false));
            while (stack.Count > 0)
            {
                var (node, ready) = stack.Pop();
                if (values.ContainsKey(node)) continue;
                if (!ready)
                {
                    stack.Push((node, true));
                    foreach (var input in node.Inputs) stack.Push((input, false));
                    continue;
                }
                var value = node.Op is LeafOp op && leaf(op) is { } known
                    ? known
                    : node.Op.Reference(new ReferenceCall(node.Inputs.Select((x, i) => Given(node, x, i)).ToArray(), node.Shape.Evaluate(symbol), d => d.Evaluate(symbol),
                        random ?? ((_, _) => throw new InvalidOperationException("This graph draws random numbers, but no generator was given.")), node.Inputs.Select(i => i.Type).ToArray()));
                values[node] = round ? value.RoundedTo(node.DType) : value;
            }
        }

        NdArray Given(Node node, Node x, int input) => storage is { } format && x.DType.IsFloat() && node.Op.IsFactor(input) ? values[x].RoundedTo(format) : values[x];
    }
}
