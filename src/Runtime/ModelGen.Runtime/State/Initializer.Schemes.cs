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

    /// <summary>Ones where output and input have the same number, within each group, and in the middle of a kernel.</summary>
    /// <param name="groups">Of a convolution; 0 for a matrix.</param>
    sealed class IdentityMatrix(int groups) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            bool isMatrix = groups == 0;
            if (isMatrix ? shape.Count != 2 : shape.Count is < 3 or > 5) throw new ArgumentException(
                $"'{name}' [{string.Join(", ", shape)}] is no {(isMatrix ? "matrix [out, in]" : "convolution [out, in / groups, ...] over one to three axes")}, which this initialiser needs.");
            if (!isMatrix && shape[0] % groups != 0) throw new ArgumentException($"'{name}' [{string.Join(", ", shape)}] has {shape[0]} outputs, which do not divide by {groups} groups.");
            values.Clear();
            int window = 1, middle = 0;
            for (int axis = 2; axis < shape.Count; axis++) (window, middle) = (window * shape[axis], (middle * shape[axis]) + (shape[axis] / 2));
            int each = shape[0] / Math.Max(1, groups);
            for (int output = 0; output < shape[0]; output++)
                if (output % each < shape[1]) values[(((output * shape[1]) + (output % each)) * window) + middle] = 1;
        }
    }

    /// <summary>Normal, with zeros in each column where the smallest of further random numbers stand.</summary>
    sealed class SparseMatrix(double sparsity, double deviation) : Initializer
    {
        internal override void Fill(string name, IReadOnlyList<int> shape, InitializerStream stream, Span<double> values)
        {
            if (shape.Count != 2) throw new ArgumentException($"'{name}' [{string.Join(", ", shape)}] is no matrix [out, in], which this initialiser needs.");
            int rows = shape[0], columns = shape[1], zeros = (int)Math.Ceiling(sparsity * rows);
            for (int i = 0; i < values.Length; i++) values[i] = deviation * stream.Normal(i);
            var (order, places) = (new double[rows], new int[rows]);
            for (int column = 0; column < columns; column++)
            {
                for (int row = 0; row < rows; row++) (order[row], places[row]) = (stream.Uniform(values.Length + ((long)column * rows) + row), row);
                Array.Sort(order, places);
                foreach (int row in places.AsSpan(0, zeros)) values[(row * columns) + column] = 0;
            }
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
