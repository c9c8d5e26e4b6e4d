namespace ModelGen.Runtime.Tests.Surface;

/// <summary>Derivatives of eager tensors: known formulas, in double precision.</summary>
public sealed class DerivativeTests
{
    static readonly Tensor X = new([0.5, -1.25, 2.0, 0.75], 2, 2);

    static void Near(double[] expected, Tensor actual, double tolerance = 1e-12)
    {
        double[] values = actual.ToDoubleArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"element {i} is {values[i]}, not {expected[i]}");
    }

    static double[] Map(Func<double, double> f) => Array.ConvertAll(X.ToDoubleArray(), x => f(x));

    [Fact]
    public void Derivatives_to_the_fourth_order()
    {
        var y = X.Sin() * X;
        var first = Tensor.Gradient(y, X);
        Near(Map(x => Math.Sin(x) + (x * Math.Cos(x))), first);
        var second = Tensor.Gradient(first, X);
        Near(Map(x => (2 * Math.Cos(x)) - (x * Math.Sin(x))), second);
        var fourth = Tensor.Gradient(Tensor.Gradient(second, X), X);
        Near(Map(x => (-4 * Math.Cos(x)) + (x * Math.Sin(x))), fourth);
        Assert.Equal(X.Shape, fourth.Shape);
    }

    [Fact]
    public void Several_tensors_and_values_on_the_way()
    {
        Tensor a = new([2.0, 3.0], 2), b = new([5.0, -1.0], 2);
        var product = a * b;
        var y = (product.Square() + a).Sum();
        var gradients = Tensor.Gradient(y, a, b, product);
        Near([(2 * 2 * 25) + 1, (2 * 3) + 1], gradients[0]);
        Near([2 * 5 * 4, 2 * -1 * 9], gradients[1]);
        Near([20, -6], gradients[2]);
    }

    [Fact]
    public void Products_with_the_Jacobian_and_the_Hessian()
    {
        var w = new Tensor([1.0, 2, -1, 0.5], 2, 2);
        var v = new Tensor([0.3, -0.2, 1, 0.1], 2, 2);
        var y = X.MatMul(w).Tanh();
        var jacobian = Tensor.Jacobian(y, X);
        Assert.Equal([2, 2, 2], jacobian.Shape);
        var along = Tensor.Jvp(y, X, v).ToDoubleArray();
        var across = Tensor.Vjp(y, X, v).ToDoubleArray();
        double[] j = jacobian.ToDoubleArray(), d = v.ToDoubleArray();
        for (int n = 0; n < 2; n++)
            for (int k = 0; k < 2; k++)
            {
                Assert.Equal((j[(n * 4) + (k * 2)] * d[n * 2]) + (j[(n * 4) + (k * 2) + 1] * d[(n * 2) + 1]), along[(n * 2) + k], 12);
                Assert.Equal((j[(n * 4) + k] * d[n * 2]) + (j[(n * 4) + 2 + k] * d[(n * 2) + 1]), across[(n * 2) + k], 12);
            }
        // The Hessian of Σ x³ is 6 x on its diagonal.
        Near(Map(x => x).Zip(v.ToDoubleArray(), (x, k) => 6 * x * k).ToArray(), Tensor.Hvp(X * X * X, X, v));
    }

    [Fact]
    public void A_stopped_gradient_is_a_constant()
    {
        Near(Map(x => x * x), Tensor.Gradient(X * (X * X).StopGradient(), X));
        Assert.Equal("MG0303", Assert.Throws<ModelShapeException>(() => Tensor.Gradient(X.StopGradient(), X)).Id);
    }

    [Fact]
    public void A_gradient_of_the_users_own()
    {
        var straightThrough = (3 * X).Round().WithGradient(X, gradient => 2 * gradient);
        Near(Map(x => Math.Round(3 * x)), straightThrough);
        Near(Map(x => 2 * 2 * Math.Round(3 * x)), Tensor.Gradient(straightThrough.Square(), X));
        // It is differentiated again: d/dx of 2 · 2 · round(3x), whose own gradient is 2 once more.
        Near(Map(_ => 8), Tensor.Gradient(Tensor.Gradient(straightThrough.Square(), X), X));

        Tensor a = new([2.0], 1), b = new([3.0], 1);
        var product = (a * b).WithGradient(a, b, gradient => (10 * gradient * b, 20 * gradient * a));
        var both = Tensor.Gradient(product, a, b);
        Near([30], both[0]);
        Near([40], both[1]);
        Assert.Equal("MG0114", Assert.Throws<ModelShapeException>(() => Tensor.Gradient(X.Exp().WithGradient(X, gradient => gradient.Sum()), X)).Id);
    }

    [Fact]
    public void Layers_keep_the_weights_that_they_had()
    {
        var layer = new Linear(3) { Bias = false };
        var x = new Tensor([1.0, 2], 1, 2);
        var y = x.Apply(layer).Square();
        var gradient = Tensor.Gradient(y, x);
        Assert.True(GradientCheck.Compare(t => t.Apply(layer).Square(), x).Error < 1e-8);
        Assert.Equal(gradient.ToDoubleArray(), Tensor.Gradient(y, x).ToDoubleArray());
    }

    [Fact]
    public void Dropout_drops_in_the_derivative_what_it_dropped()
    {
        var x = new Tensor([.. Enumerable.Range(1, 16).Select(i => (double)i)], 16);
        Tensor y;
        using (EagerMode.Training(seed: 4)) y = x.Apply(new Dropout(0.5f));
        Assert.Equal([.. y.ToDoubleArray().Select((v, i) => v / (i + 1))], Tensor.Gradient(y, x).ToDoubleArray());
    }

    [Fact]
    public void A_long_history_is_no_deep_recursion()
    {
        var x = Tensor.Scalar(1);
        var y = x;
        for (int i = 0; i < 3000; i++) y *= 1.0001f;
        Assert.True(Tensor.Gradient(y, x).Item() > 1.2);
    }

    [Theory]
    [InlineData("MG0303", "not computed from")]
    [InlineData("MG0301", "'Floor'")]
    [InlineData("MG0301", "the gradient of 'Relu'")]
    [InlineData("MG0301", "'Ctc'")]
    [InlineData("MG0114", "direction 'v'")]
    public void What_does_not_exist_is_said(string id, string message)
    {
        var y = message switch
        {
            "not computed from" => (Func<Tensor>)(() => Tensor.Gradient(X, X.Exp())),
            "'Floor'" => () => Tensor.Gradient(X.Floor() * 2, X),
            "the gradient of 'Relu'" => () => Tensor.Gradient(Tensor.Gradient(X.Relu(), X), X),
            "'Ctc'" => () =>
            {
                var logits = Tensor.Zeros(1, 4, 3);
                return Tensor.Gradient(Tensor.Gradient(logits.Ctc(new IntTensor([1, 2], [1, 2])), logits), logits);
            },
            _ => () => Tensor.Jvp(X.Exp(), X, Tensor.Zeros(3)),
        };
        var thrown = Assert.Throws<ModelShapeException>(y);
        Assert.Equal(id, thrown.Id);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_finds_a_wrong_gradient()
    {
        static Tensor Cube(Tensor x, float factor) => (x * x * x).WithGradient(x, gradient => factor * x.Square() * gradient);
        GradientCheck.Compare(x => Cube(x, 3), X).ThrowIfAbove(1e-7);
        var wrong = GradientCheck.Compare(x => Cube(x, 2), X);
        Assert.Equal((0, 2), (wrong.Input, wrong.Element));
        Assert.Contains("at element 2 is", Assert.Throws<InvalidOperationException>(() => wrong.ThrowIfAbove()).Message, StringComparison.Ordinal);
        Assert.True(GradientCheck.Compare(x => (x[0] * x[1]).Tanh(), [X, X.Exp()]).Error < 1e-8);
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Compare(x => x, X, step: 0));
    }
}
