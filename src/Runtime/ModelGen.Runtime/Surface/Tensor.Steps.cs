namespace ModelGen;

public sealed partial class Tensor
{
    /// <summary>
    /// The parts at each index of an axis, without that axis, for a loop over time: <c>foreach (var step in x.Steps(1)) h = cell.Forward(step, h);</c>. In a compiled method it stays a
    /// loop, whatever the size of the axis, with its gradient: tensors that the body assigns are carried from step to step, a list that it adds to collects one tensor of each step.
    /// </summary>
    /// <param name="axis">The axis to run along; negative ones count from the end. The default is that of time in [N, T, ...].</param>
    /// <remarks>With <c>Reverse()</c> the last one comes first. JAX: <c>jax.lax.scan</c>.</remarks>
    /// <exception cref="ModelShapeException">There is no such axis.</exception>
    public IEnumerable<Tensor> Steps(int axis = 1) => Parts(nameof(Unbind), axis);

    /// <summary>Tensors of one shape side by side along a new axis: what the steps of a loop gave.</summary>
    /// <param name="axis">Where the new axis stands in the result; negative ones count from its end.</param>
    /// <param name="tensors">The parts, in order.</param>
    /// <remarks>PyTorch: <c>torch.stack</c>.</remarks>
    /// <exception cref="ModelShapeException">The shapes or arguments do not fit.</exception>
    public static Tensor Stack(int axis, IEnumerable<Tensor> tensors) => Stack(axis, [.. tensors]);
}
