namespace ModelGen.Execution;

/// <summary>
/// The last steps of L-BFGS, each with the change of the gradient along it: an approximation of the inverse Hessian that is never formed (Nocedal and Wright,
/// "Numerical Optimization", 2006, algorithm 7.4).
/// </summary>
internal sealed class CurvatureHistory(int capacity, int length)
{
    readonly List<(double[] Step, double[] Change, double Curvature)> pairs = [];
    readonly double[] shares = new double[capacity];
    double scale = 1;

    /// <summary>Adds a step along a direction, and how the gradient changed; pairs without curvature are left out, and the oldest goes when there are too many.</summary>
    public void Add(double[] direction, double step, double[] change, double smallestCurvature)
    {
        double curvature = step * Vectors.Dot(change, direction);
        if (curvature <= smallestCurvature) return;
        double[] s, y;
        if (pairs.Count == capacity)
        {
            (s, y, _) = pairs[0];
            pairs.RemoveAt(0);
        }
        else
        {
            (s, y) = (new double[length], new double[length]);
        }
        for (int i = 0; i < length; i++) s[i] = step * direction[i];
        change.CopyTo(y, 0);
        pairs.Add((s, y, curvature));
        scale = curvature / Vectors.Dot(y, y);
    }

    /// <summary>d = -H g, in two loops over the pairs.</summary>
    public void Direction(double[] gradient, double[] direction)
    {
        for (int i = 0; i < length; i++) direction[i] = -gradient[i];
        for (int k = pairs.Count - 1; k >= 0; k--)
        {
            shares[k] = Vectors.Dot(pairs[k].Step, direction) / pairs[k].Curvature;
            Vectors.Add(direction, -shares[k], pairs[k].Change);
        }
        for (int i = 0; i < length; i++) direction[i] *= scale;
        for (int k = 0; k < pairs.Count; k++)
            Vectors.Add(direction, shares[k] - (Vectors.Dot(pairs[k].Change, direction) / pairs[k].Curvature), pairs[k].Step);
    }
}
