namespace GanLesson;

/// <summary>How well points fit the ring.</summary>
/// <param name="Modes">How many of the eight distributions have at least a quarter of their share of the points.</param>
/// <param name="Share">The share of the points that lie within three standard deviations of a centre; 0.989 for the data themselves.</param>
/// <param name="Distance">The energy distance to as many points of the data (G. Székely 2002): 0 for equal distributions.</param>
sealed record Judgement(int Modes, double Share, double Distance)
{
    public static Judgement Of(ReadOnlySpan<float> points, ReadOnlySpan<float> real)
    {
        var hits = new int[Ring.Modes];
        int count = points.Length / 2;
        for (int i = 0; i < count; i++)
            for (int mode = 0; mode < Ring.Modes; mode++)
            {
                var (x, y) = Ring.Centre(mode);
                if (double.Hypot(points[2 * i] - x, points[(2 * i) + 1] - y) <= 3 * Ring.Deviation) hits[mode]++;
            }
        double distance = (2 * MeanDistance(points, real)) - MeanDistance(points, points) - MeanDistance(real, real);
        return new Judgement(hits.Count(h => h >= count / Ring.Modes / 4), (double)hits.Sum() / count, distance);
    }

    static double MeanDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i += 2)
            for (int j = 0; j < b.Length; j += 2)
                sum += Math.Sqrt(Square(a[i] - b[j]) + Square(a[i + 1] - b[j + 1]));
        return sum / (a.Length / 2) / (b.Length / 2);
    }

    static double Square(double x) => x * x;
}
