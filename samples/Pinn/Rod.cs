namespace Pinn;

/// <summary>The rod: points to train on, measurements, and what is exactly true.</summary>
static class Rod
{
    /// <summary>u = exp(-a π² t) sin(π x).</summary>
    public static double Exact(double x, double t) => Math.Exp(-HeatEquation.Diffusivity * Math.PI * Math.PI * t) * Math.Sin(Math.PI * x);

    /// <summary>Places and times anywhere in [0, 1] × [0, 1].</summary>
    public static void Draw(Random random, Span<double> points)
    {
        foreach (ref double coordinate in points) coordinate = random.NextDouble();
    }

    /// <summary>Temperatures as a thermometer with an error of about <paramref name="noise"/> shows them.</summary>
    public static double[] Measure(Random random, ReadOnlySpan<double> points, double noise)
    {
        var measured = new double[points.Length / 2];
        for (int i = 0; i < measured.Length; i++) measured[i] = Exact(points[2 * i], points[(2 * i) + 1]) + (noise * ((2 * random.NextDouble()) - 1));
        return measured;
    }

    /// <summary>‖u - exact‖ / ‖exact‖ on a grid of 101 × 101 points.</summary>
    public static double RelativeError(HeatEquation model)
    {
        const int Side = 101;
        var points = new double[Side * Side * 2];
        for (int i = 0; i < Side * Side; i++) (points[2 * i], points[(2 * i) + 1]) = (i / Side / (Side - 1.0), i % Side / (Side - 1.0));
        var u = new double[Side * Side];
        model.Predict(points, u);
        double difference = 0, size = 0;
        for (int i = 0; i < u.Length; i++)
        {
            double exact = Exact(points[2 * i], points[(2 * i) + 1]);
            difference += (u[i] - exact) * (u[i] - exact);
            size += exact * exact;
        }
        return Math.Sqrt(difference / size);
    }
}
