using ModelGen.Compiler.Autodiff;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// The gradients of queries, keys and values of a <see cref="ScaledDotProductAttention"/> as one vector, dq then dk then dv: its inputs and dy → [elements]. The
/// weights are made again from queries and keys, block by block.
/// </summary>
internal sealed class FlashAttentionGradient(ScaledDotProductAttention attention) : KernelOp
{
    public override bool IsFactor(int input) => true;
    public override string Name => "flash_attention_gradient";
    public override string Attributes => attention.Attributes;

    /// <summary>The gradients with respect to queries, keys and values.</summary>
    public static Node[] Of(ScaledDotProductAttention attention, Node[] inputs, Node dy)
    {
        var all = dy.Graph.Add(new FlashAttentionGradient(attention), [.. inputs, dy]);
        var (parts, start) = (new Node[3], Dim.Zero);
        for (int i = 0; i < 3; i++)
        {
            var elements = inputs[i].Shape.Elements;
            parts[i] = Reshape.Of(Slice.Of(all, 0, start, elements), inputs[i].Shape);
            start += elements;
        }
        return parts;
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(inputs.Take(3).Aggregate(Dim.Zero, (sum, i) => sum + i.Shape.Elements)));

    // The second derivative is that of the formula. Where one tensor is several inputs, its gradient is the sum of theirs, however it is divided among them.
    public override void Backward(Vjp vjp)
    {
        var inputs = Enumerable.Range(0, vjp.InputCount).Select(vjp.Input).ToArray();
        var (given, dy) = (inputs.Take(inputs.Length - 1).ToArray(), inputs[inputs.Length - 1]);
        var first = attention.FormulaGradients(given, dy);
        var parts = first.Select((g, i) => Reshape.Of(g ?? BroadcastTo.Of(vjp.Graph.Constant(0, dy.DType), given[i].Shape), new Shape(given[i].Shape.Elements))).ToArray();
        var differentiable = new[] { 0, 1, 2, inputs.Length - 1 };
        var nodes = differentiable.Select(i => inputs[i]).Distinct().ToArray();
        var gradients = ReverseMode.Pullback(Concat.Of(0, parts), vjp.Dy, nodes);
        for (int i = 0; i < nodes.Length; i++) vjp.Add(Array.IndexOf(inputs, nodes[i]), gradients[i]);
    }

    // dv = Pᵀ dy; dS = P (dP - Σ P dP) / √d with dP = dy vᵀ; dq = dS k; dk = dSᵀ q.
    public override NdArray Reference(ReferenceCall call)
    {
        var (q, k, v, dy) = (call[0], call[1], call[2], call[call.Inputs.Count - 1]);
        var result = new NdArray(call.ResultShape);
        int queries = q.Length, keys = k.Length;
        double scale = 1 / Math.Sqrt(q.Shape[3]);
        attention.Visit(call, (query, seen, keyOf, valueOf, resultOf, weights) =>
        {
            var slopes = seen.Select(s => Enumerable.Range(0, v.Shape[3]).Sum(c => dy.Data[resultOf + c] * v.Data[valueOf(s) + c])).ToArray();
            double mean = slopes.Zip(weights, (slope, weight) => slope * weight).Sum();
            for (int i = 0; i < seen.Length; i++)
            {
                double ds = weights[i] * (slopes[i] - mean) * scale;
                for (int c = 0; c < q.Shape[3]; c++)
                {
                    result.Data[query + c] += ds * k.Data[keyOf(seen[i]) + c];
                    result.Data[queries + keyOf(seen[i]) + c] += ds * q.Data[query + c];
                }
                for (int c = 0; c < v.Shape[3]; c++) result.Data[queries + keys + valueOf(seen[i]) + c] += weights[i] * dy.Data[resultOf + c];
            }
        });
        return result;
    }

    public override KernelCall Kernel(Node y) => FlashAttention.Call("FlashAttention.Backward", "The way back of ", attention, y.Inputs, products: 2);
}
