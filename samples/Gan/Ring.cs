namespace GanLesson;

/// <summary>The data: eight normal distributions on a circle. A generator that finds only some of them has collapsed, the usual way for a GAN to fail.</summary>
static class Ring
{
    public const int Modes = 8;
    public const double Radius = 2, Deviation = 0.1;

    /// <summary>Fills with points, two numbers each.</summary>
    public static void Draw(Random random, Span<float> points)
    {
        for (int i = 0; i < points.Length; i += 2)
        {
            var (x, y) = Centre(random.Next(Modes));
            var (dx, dy) = Normal(random);
            (points[i], points[i + 1]) = ((float)(x + (Deviation * dx)), (float)(y + (Deviation * dy)));
        }
    }

    /// <summary>Fills with standard normal numbers; an even count.</summary>
    public static void DrawNoise(Random random, Span<float> noise)
    {
        for (int i = 0; i < noise.Length; i += 2)
        {
            var (a, b) = Normal(random);
            (noise[i], noise[i + 1]) = ((float)a, (float)b);
        }
    }

    public static (double X, double Y) Centre(int mode) => (Radius * Math.Cos(2 * Math.PI * mode / Modes), Radius * Math.Sin(2 * Math.PI * mode / Modes));

    // The transform of Box and Muller (1958).
    static (double, double) Normal(Random random)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), angle = 2 * Math.PI * random.NextDouble();
        return (radius * Math.Cos(angle), radius * Math.Sin(angle));
    }
}
