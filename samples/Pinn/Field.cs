namespace Pinn;

/// <summary>
/// A temperature u(x, t) on a rod of length 1, as a network. It begins as a sine and is 0 at both ends, whatever the weights are: the network only says how
/// it changes (I. Lagaris et al. 1998). So there is nothing to train but the equation itself.
/// </summary>
[Layer]
public partial class Field(int width) : ILayer
{
    readonly Linear first = new(width), second = new(width), third = new(width), last = new(1);

    /// <param name="point">Place and time, [N, 2].</param>
    /// <returns>The temperature there, [N, 1].</returns>
    public Tensor Forward(Tensor point)
    {
        Tensor x = point[.., 0..1], t = point[.., 1..2];
        var change = point.Apply(first).Tanh().Apply(second).Tanh().Apply(third).Tanh().Apply(last);
        return (MathF.PI * x).Sin() + (t * x * (1 - x) * change);
    }
}

/// <summary>The derivatives of a field that the heat equation speaks of.</summary>
static class Slopes
{
    /// <summary>u_t and u_xx at each point. Points do not know each other, so the gradient of the sum is each point's own.</summary>
    public static (Tensor Time, Tensor Curvature) Of(Tensor u, Tensor point)
    {
        var slope = Tensor.Gradient(u, point);
        var curvature = Tensor.Gradient(slope[.., 0..1], point);
        return (slope[.., 1..2], curvature[.., 0..1]);
    }
}
