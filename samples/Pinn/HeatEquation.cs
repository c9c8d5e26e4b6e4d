namespace Pinn;

/// <summary>Finds the temperature that obeys u_t = a u_xx.</summary>
[Model(Precision = Precision.Float64)]
public partial class HeatEquation
{
    /// <summary>a, how fast heat spreads.</summary>
    public const float Diffusivity = 0.25f;

    readonly Field field = new(width: 24);

    public Tensor Forward([Shape("N", 2)] Tensor point) => point.Apply(field);

    // How far the field is from obeying, at some points: no data at all.
    public Tensor Loss([Shape("N", 2)] Tensor point)
    {
        var (time, curvature) = Slopes.Of(Forward(point), point);
        return (time - (Diffusivity * curvature)).Square().Mean();
    }
}

/// <summary>Finds how fast heat spreads from measured temperatures: the diffusivity is one more weight.</summary>
[Model(Precision = Precision.Float64)]
public partial class DiffusivityFinder
{
    readonly Field field = new(width: 24);
    readonly Scale diffusivity = new(start: 1);

    public Tensor Forward([Shape("N", 2)] Tensor point) => point.Apply(field);

    public Tensor Loss([Shape("N", 2)] Tensor point, [Shape("M", 2)] Tensor place, [Shape("M", 1)] Tensor measured)
    {
        var (time, curvature) = Slopes.Of(Forward(point), point);
        var equation = (time - curvature.Apply(diffusivity)).Square().Mean();
        return equation + (100 * place.Apply(field).MeanSquaredError(measured));
    }
}
