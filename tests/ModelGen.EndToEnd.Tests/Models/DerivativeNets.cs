namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>The heat equation: a loss of first and second derivatives with respect to inputs.</summary>
[Model(Precision = Precision.Float64)]
internal partial class HeatNet
{
    readonly Linear first = new(12), second = new(12), last = new(1);

    public Tensor Forward([Shape("N", 2)] Tensor point) => U(point[.., 0..1], point[.., 1..2]);

    Tensor U(Tensor x, Tensor t) => Tensor.Concat(-1, x, t).Apply(first).Tanh().Apply(second).Tanh().Apply(last);

    public Tensor Loss([Shape("N", 2)] Tensor point, [Shape("N", 1)] Tensor source)
    {
        Tensor x = point[.., 0..1], t = point[.., 1..2];
        var u = U(x, t);
        var ux = Tensor.Gradient(u, x);
        var uxx = Tensor.Gradient(ux, x);
        var ut = Tensor.Gradient(u, t);
        return (ut - (0.3f * uxx) - source).Square().Mean();
    }
}

/// <summary>Derivatives to the third order as results, through a sine and a GELU.</summary>
[Model]
internal partial class OscillatorNet
{
    readonly Linear first = new(9), second = new(7), last = new(1);

    public (Tensor Place, Tensor Speed, Tensor Acceleration, Tensor Jerk) Forward([Shape("N", 1)] Tensor time)
    {
        var place = time.Apply(first).Sin().Apply(second).Gelu().Apply(last);
        var speed = Tensor.Gradient(place, time);
        var acceleration = Tensor.Gradient(speed, time);
        return (place, speed, acceleration, Tensor.Gradient(acceleration, time));
    }

    public Tensor Loss([Shape("N", 1)] Tensor time)
    {
        var (place, speed, acceleration, _) = Forward(time);
        return (acceleration + (0.5f * speed) + place).Square().Mean();
    }
}

/// <summary>Products with Jacobians and Hessians, a stopped gradient and one of the user's own.</summary>
[Model(Precision = Precision.Float64)]
internal partial class ProductsNet
{
    readonly Linear first = new(8), second = new(3);

    public (Tensor Along, Tensor Curvature, Tensor Jacobian) Forward([Shape("N", 4)] Tensor x, [Shape("N", 4)] Tensor direction)
    {
        var y = F(x);
        return (Tensor.Jvp(y, x, direction), Tensor.Hvp(y, x, direction), Tensor.Jacobian(y, x));
    }

    Tensor F(Tensor x) => Cube(x.Apply(first).Softplus()).Apply(second).Sin();

    // dx = 3 x² dy, as the chain rule has it: differences cannot tell the two apart.
    static Tensor Cube(Tensor x) => (x * x * x).WithGradient(x, gradient => 3 * x.Square() * gradient);

    public Tensor Loss([Shape("N", 4)] Tensor x, [Shape("N", 4)] Tensor direction)
    {
        var (along, curvature, jacobian) = Forward(x, direction);
        var gradients = Tensor.Gradient(F(x) * F(direction), x, direction);
        return along.Square().Mean() + curvature.Square().Mean() + jacobian.Sin().Mean() + (gradients[0] * gradients[1]).Mean() + Tensor.Vjp(F(x), x, F(x)).Square().Mean();
    }

    [Objective]
    public Tensor Penalty([Shape("N", 4)] Tensor x)
    {
        // A gradient penalty towards a target that is not trained.
        var slope = Tensor.Gradient(F(x), x).Norm(2, -1);
        return (slope - F(x).Mean().StopGradient()).Square().Mean();
    }
}
