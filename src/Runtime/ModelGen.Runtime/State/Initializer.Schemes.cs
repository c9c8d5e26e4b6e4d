using ModelGen.Execution;

namespace ModelGen;

public abstract partial class Initializer
{
    /// <summary>A standard distribution, scaled and moved: uniform in [-1, 1), or normal. A scale of 0 is a constant.</summary>
    sealed class Scaled(double scale, double middle, bool isNormal) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            values.Fill(middle);
            if (scale == 0) return;
            for (int i = 0; i < values.Length; i++) values[i] += scale * (isNormal ? stream.Normal(i) : (2 * stream.Uniform(i)) - 1);
        }
    }

    /// <summary>The same about 0, with a scale that follows from the fans.</summary>
    sealed class FanScaled(Func<double, double, double> scale, bool isNormal) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            RequireMatrix(name, shape);
            long window = shape.Skip(2).Aggregate(1L, (a, b) => a * b);
            new Scaled(scale(shape[1] * window, shape[0] * window), 0, isNormal).Fill(name, shape, stream, values);
        }
    }

    /// <summary>By the inverse of the distribution function, between the probabilities of the bounds.</summary>
    sealed class Truncated(double mean, double deviation, double low, double high) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            double from = Probability((low - mean) / deviation), to = Probability((high - mean) / deviation);
            for (int i = 0; i < values.Length; i++)
                values[i] = Math.Clamp(mean + (deviation * NormalQuantile.Of(Math.Clamp(from + ((to - from) * stream.Uniform(i)), double.Epsilon, 1 - 1e-16))), low, high);
        }

        // The inverse of the quantile, by bisection: the same bits on every machine, which the library's exponential does not promise.
        static double Probability(double x)
        {
            double below = 0, above = 1;
            for (int i = 0; i < 100; i++)
            {
                double middle = (below + above) / 2;
                if (middle <= below || middle >= above) break;
                if (NormalQuantile.Of(middle) < x) below = middle;
                else above = middle;
            }
            return (below + above) / 2;
        }
    }

    /// <summary>Gram and Schmidt, each vector twice, which keeps them orthogonal to rounding.</summary>
    sealed class OrthogonalMatrix(double gain) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            RequireMatrix(name, shape);
            int rows = shape[0], columns = values.Length / Math.Max(1, rows);
            // The vectors are the rows or the columns, whichever are fewer.
            bool isWide = rows <= columns;
            int count = isWide ? rows : columns, length = isWide ? columns : rows;
            (int next, int step) = isWide ? (columns, 1) : (1, columns);
            for (int i = 0; i < values.Length; i++) values[i] = stream.Normal(i);
            for (int v = 0; v < count; v++)
            {
                for (int u = 0; u < 2 * v; u++) Subtract(values, v * next, u % v * next, step, length);
                double norm = Math.Sqrt(Dot(values, v * next, v * next, step, length));
                for (int i = 0; i < length; i++) values[(v * next) + (i * step)] /= norm;
            }
            for (int i = 0; i < values.Length; i++) values[i] *= gain;
        }

        static void Subtract(Span<double> values, int vector, int unit, int step, int length)
        {
            double dot = Dot(values, vector, unit, step, length);
            for (int i = 0; i < length; i++) values[vector + (i * step)] -= dot * values[unit + (i * step)];
        }

        static double Dot(Span<double> values, int a, int b, int step, int length)
        {
            double sum = 0;
            for (int i = 0; i < length; i++) sum += values[a + (i * step)] * values[b + (i * step)];
            return sum;
        }
    }
}
