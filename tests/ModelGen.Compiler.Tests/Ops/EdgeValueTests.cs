using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Kinks, ties, poles and extreme values: where a formula that is right almost everywhere can still be wrong.</summary>
public sealed class EdgeValueTests
{
    static double[] Gradient(Surface s, Node y, Node x) =>
        s.Evaluate(ReverseMode.Gradient(y.Shape.Rank == 0 ? y : s.Call("Sum", y), [x])[0]).Data;

    static double[] Unary(string method, double[] at, params object[] arguments)
    {
        var s = new Surface();
        var x = s.Float($"{at.Length}", at);
        return s.Evaluate(s.Call(method, [x, .. arguments])).Data;
    }

    static double[] UnaryGradient(string method, double[] at, params object[] arguments)
    {
        var s = new Surface();
        var x = s.Float($"{at.Length}", at);
        return Gradient(s, s.Call(method, [x, .. arguments]), x);
    }

    [Fact]
    public void Gradients_at_kinks_are_those_of_PyTorch()
    {
        Assert.Equal([0], UnaryGradient("Relu", [0]));
        Assert.Equal([0], UnaryGradient("Abs", [0]));
        Assert.Equal([1, 0], UnaryGradient("Pow", [0, 0], 1.0)[..1].Append(UnaryGradient("Pow", [0], 0.0)[0]));
        Assert.Equal([0], UnaryGradient("Pow", [0], 2.0));
        Assert.Equal([double.PositiveInfinity], UnaryGradient("Sqrt", [0]));
        Assert.Equal([double.PositiveInfinity], UnaryGradient("Pow", [0], 0.5));
    }

    [Fact]
    public void Equal_maxima_share_the_gradient()
    {
        Assert.Equal([0, 0.5, 0.5, 0], UnaryGradient("Max", [1, 7, 7, 2]));
        Assert.Equal([0.5, 0, 0, 0.5], UnaryGradient("Min", [1, 7, 7, 1]));
        var s = new Surface();
        Node a = s.Float("3", 1, 2, 3), b = s.Float("3", 2, 2, 2);
        Assert.Equal([0, 0.5, 1], Gradient(s, s.Call("Maximum", a, b), a));
        Assert.Equal([1, 0.5, 0], Gradient(s, s.Call("Maximum", a, b), b));
        Assert.Equal([1, 0.5, 0], Gradient(s, s.Call("Minimum", a, b), a));
        Assert.Equal([0, 0.5, 1], Gradient(s, s.Call("Minimum", a, b), b));
    }

    [Fact]
    public void The_first_of_equal_elements_wins_a_pooling_window()
    {
        var s = new Surface();
        var x = s.Float("1, 1, 2, 2", 3, 3, 3, 3);
        Assert.Equal([1, 0, 0, 0], Gradient(s, s.Call("MaxPool2d", x, 2), x));
    }

    [Fact]
    public void Extreme_arguments_do_not_overflow()
    {
        Near.Equal([0, 1e-5, Math.Log(2), 800], Unary("Softplus", [-800, Math.Log(Math.Exp(1e-5) - 1), 0, 800]), 1e-12, "Softplus");
        Near.Equal([0, 0.5, 1], UnaryGradient("Softplus", [-800, 0, 800]), 1e-12, "Softplus gradient");
        Near.Equal([0, 1], Unary("Sigmoid", [-800, 800]), 0, "Sigmoid");
        Near.Equal([0, 0, 1], Unary("Softmax", [-1e4, 0, 1e4]), 0, "Softmax");
        Near.Equal([-2e4, -1e4, 0], Unary("LogSoftmax", [-1e4, 0, 1e4]), 0, "LogSoftmax");
        Near.Equal([-1, 1], Unary("Tanh", [-800, 800]), 0, "Tanh");
    }

    [Fact]
    public void Whole_powers_take_negative_bases() => Near.Equal([-8, 1, -0.125, -2097152], [
        Unary("Pow", [-2], 3.0)[0], Unary("Pow", [-2], 0.0)[0], Unary("Pow", [-2], -3.0)[0], Unary("Pow", [-2], 21.0)[0]], 1e-15, "Pow");

    [Fact]
    public void Binary_cross_entropy_is_exact_for_confident_logits_and_at_zero()
    {
        var s = new Surface();
        Node x = s.Float("3", 50, -50, 0), t = s.Float("3", 1, 0, 1);
        var loss = s.Call("BinaryCrossEntropyWithLogits", x, t);
        double tiny = Math.Exp(-50);
        Near.Equal((tiny + tiny + Math.Log(2)) / 3, s.Evaluate(loss).Data[0], 1e-15, "loss");
        Near.Equal([0, tiny / 3, -0.5 / 3], Gradient(s, loss, x), 1e-15, "gradient");
        // A confident right answer keeps its loss: nothing cancels.
        var sure = new Surface();
        double value = sure.Evaluate(sure.Call("BinaryCrossEntropyWithLogits", sure.Float("1", 50), sure.Float("1", 1))).Data[0];
        Assert.Equal(tiny, value, tiny * 1e-12);
    }

    [Fact]
    public void A_logit_of_minus_infinity_elsewhere_costs_nothing()
    {
        var s = new Surface();
        Node x = s.Float("1, 3", 1, double.NegativeInfinity, 2), label = s.Int("1", 2);
        var loss = s.Call("CrossEntropy", x, label);
        double expected = Math.Log(Math.E + Math.Exp(2)) - 2;
        Near.Equal(expected, s.Evaluate(loss).Data[0], 1e-14, "reference");
        Near.Equal(expected, s.Evaluate(((CompositeOp)loss.Op).Decompose(loss)).Data[0], 1e-14, "decomposed");
        Assert.All(Gradient(s, loss, x), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void A_NaN_goes_through()
    {
        double[] nan = [double.NaN];
        foreach (var method in new[] { "Relu", "Max", "Min", "Abs", "Softplus", "Square" }) Assert.Equal(double.NaN, Unary(method, nan)[0]);
        foreach (var method in new[] { "Maximum", "Minimum" })
        {
            var s = new Surface();
            Node a = s.Float("2", double.NaN, 1), b = s.Float("2", 1, double.NaN);
            var y = s.Call(method, a, b);
            Assert.Equal([double.NaN, double.NaN], s.Evaluate(y).Data);
            var meaning = ((ElementwiseOp)y.Op).Forward([new Scalar.Operand(0), new Scalar.Operand(1)]);
            Assert.Equal(double.NaN, meaning.Evaluate(i => i == 0 ? double.NaN : 1));
            Assert.Equal(double.NaN, meaning.Evaluate(i => i == 0 ? 1 : double.NaN));
        }
    }
}
