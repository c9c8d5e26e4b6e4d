using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Gradient rules equal central differences in double precision, to the second order.</summary>
public sealed class GradientTests
{
    const double Step = 1e-5;

    static readonly string[] onceOnly = ["Ctc"];

    // Above this size only a direction is checked: a gradient that is wrong in one element shows there as well.
    const int EachElementUpTo = 40;

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void First_order(string name)
    {
        var @case = SampleCase.Named(name);
        var loss = @case.Weighted(@case.Output, "w");
        Check(@case, loss, name);
    }

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Second_order(string name)
    {
        var @case = SampleCase.Named(name);
        if (@case.Differentiable.Count == 0) return;   // made of labels, or of nothing
        var gradients = @case.Gradients();
        var loss = gradients.Select((g, i) => @case.Weighted(g, "v" + i)).Aggregate((a, b) => a + b);
        if (IsOnceOnly(name))
        {
            // The gradient has no rule for a second derivative, and says so. Alone it is linear in dy, so the loss must depend on it.
            var square = @case.Weighted(@case.Output * @case.Output, "s");
            var first = @case.Weighted(ReverseMode.Gradient(square, @case.Differentiable)[0], "v");
            Assert.Equal(Rules.NotDifferentiable, Assert.Throws<ModelException>(() => ReverseMode.Gradient(first, @case.Differentiable)).Id);
            return;
        }
        Check(@case, loss, name);
    }

    static bool IsOnceOnly(string name) => onceOnly.Any(n => name.StartsWith(n, StringComparison.Ordinal));

    /// <summary>Through y² the gradient of the output is not constant: the rules of gradient ops with respect to dy are exercised as well.</summary>
    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Second_order_of_the_square(string name)
    {
        if (IsOnceOnly(name)) return;   // see above
        var @case = SampleCase.Named(name);
        if (@case.Differentiable.Count == 0) return;
        var gradients = ReverseMode.Gradient(@case.Weighted(@case.Output * @case.Output, "s"), @case.Differentiable);
        Check(@case, gradients.Select((g, i) => @case.Weighted(g, "v" + i)).Aggregate((a, b) => a + b), name);
    }

    static void Check(SampleCase @case, Node loss, string name)
    {
        var gradients = ReverseMode.Gradient(loss, @case.Differentiable);
        var values = @case.Evaluate(gradients.Prepend(loss).ToArray());
        double size = Math.Abs(values[0].Data[0]);
        for (int i = 0; i < gradients.Count; i++)
        {
            var leaf = @case.Differentiable[i];
            var value = @case.Leaves.Single(l => l.Leaf == leaf).Value;
            var gradient = values[i + 1];
            string what = $"{name}: gradient of {SampleCase.LeafName(leaf)}";
            var direction = @case.WeightValues(leaf, "direction");
            Near.Equal(Difference(@case, loss, leaf, value, direction.Data), gradient.Data.Zip(direction.Data, (g, d) => g * d).Sum(), Tolerance(size, gradient), what + " along a direction");
            if (value.Length > EachElementUpTo) continue;
            for (int e = 0; e < value.Length; e++)
            {
                var unit = new double[value.Length];
                unit[e] = 1;
                Near.Equal(Difference(@case, loss, leaf, value, unit), gradient.Data[e], Tolerance(size, gradient), $"{what}, element {e}");
            }
        }
    }

    // The difference of two losses keeps about |loss| · 1e-16 / step; the truncation grows with the gradient.
    static double Tolerance(double loss, NdArray gradient) => 1e-7 * Math.Max(1, Math.Max(loss * 1e-3, gradient.Data.Select(Math.Abs).DefaultIfEmpty().Max()));

    static double Difference(SampleCase @case, Node loss, Node leaf, NdArray value, double[] direction)
    {
        // Where a gradient is stopped stands a constant, for the difference as well.
        var stopped = @case.Graph.Nodes.Where(n => n.Op is StopGradient).ToArray();
        var constants = stopped.Zip(@case.Evaluate(stopped)).ToDictionary(p => p.First, p => p.Second);
        double At(double t) => @case.Evaluate([loss], leaf, new NdArray(value.Shape, value.Data.Zip(direction, (v, d) => v + (t * d)).ToArray()), constants)[0].Data[0];
        return (At(Step) - At(-Step)) / (2 * Step);
    }
}
