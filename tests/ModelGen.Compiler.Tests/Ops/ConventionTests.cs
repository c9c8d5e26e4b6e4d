using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Where an op has to choose (at a kink, a tie, a zero, an infinity), it chooses as PyTorch 1.13 does: the numbers here are PyTorch's.</summary>
public sealed class ConventionTests
{
    static double[] Gradient(Surface s, Node y, Node x) =>
        s.Evaluate(ReverseMode.Gradient(y.Shape.Rank == 0 ? y : s.Call("Sum", y), [x])[0]).Data;

    static double[] Of(string method, double[] at, params object[] arguments)
    {
        var s = new Surface();
        return s.Evaluate(s.Call(method, [s.Float($"{at.Length}", at), .. arguments])).Data;
    }

    static double[] GradientOf(string method, double[] at, params object[] arguments)
    {
        var s = new Surface();
        var x = s.Float($"{at.Length}", at);
        return Gradient(s, s.Call(method, [x, .. arguments]), x);
    }

    [Fact]
    public void Activations_at_their_kinks()
    {
        Assert.Equal([0.1], GradientOf("LeakyRelu", [0], 0.1));
        Assert.Equal([0.5], GradientOf("Elu", [0], 0.5));
        Near.Equal([1.7580993408473766], GradientOf("Selu", [0]), 1e-15, "Selu");
        Assert.Equal([1], GradientOf("Celu", [0], 0.5));
        Assert.Equal([1, 1], GradientOf("Clamp", [-1, 1], -1.0, 1.0));
        Assert.Equal([0, 0], GradientOf("Hardtanh", [-1, 1]));
        Assert.Equal([0, 0], GradientOf("Relu6", [0, 6]));
        Assert.Equal([0, 0], GradientOf("Hardsigmoid", [-3, 3]));
        Near.Equal([-0.5, 1.5], GradientOf("Hardswish", [-3, 3]), 1e-15, "Hardswish");
        Assert.Equal([0, 0], GradientOf("Hardshrink", [-0.5, 0.5]));
        Assert.Equal([0, 0, 0], GradientOf("Softshrink", [-0.5, 0, 0.5]));
    }

    [Fact]
    public void A_norm_of_zero_has_no_gradient()
    {
        Assert.Equal([0, 0], GradientOf("Norm", [0, 0], 2.0));
        Assert.Equal([0, 0], GradientOf("Norm", [0, 0], 3.0));
        Assert.Equal([0, 1], GradientOf("Norm", [0, 1], 1.0));
    }

    [Fact]
    public void A_product_with_zeros_has_the_gradient_of_the_other_factors()
    {
        Assert.Equal([0, 6, 0], GradientOf("Prod", [2, 0, 3]));
        Assert.Equal([0, 0, 0], GradientOf("Prod", [2, 0, 0]));
    }

    [Fact]
    public void A_running_product_with_zeros_has_the_gradient_of_the_other_factors()
    {
        Assert.Equal([1, 14, 0, 0], GradientOf("CumProd", [2, 0, 3, 1]));
        Assert.Equal([1, 2, 0], GradientOf("CumProd", [2, 0, 0]));
    }

    [Fact]
    public void A_matrix_that_cannot_be_factored_is_NaN_and_its_neighbours_are_not()
    {
        var s = new Surface();
        // Singular; then one that is not definite; then a good one.
        Node a = s.Float("3, 2, 2", 1, 2, 2, 4, 1, 2, 2, 1, 2, 1, 1, 2), b = s.Float("3, 2", 1, 1, 1, 1, 1, 1);
        double third = 1.0 / 3;
        Near.Equal([double.NaN, double.NaN, third, third, third, third], s.Evaluate(s.Call("Solve", a, b)).Data, 1e-15, "Solve");
        Near.Equal([0, -3, 3], s.Evaluate(s.Call("Determinant", a)).Data, 1e-15, "Determinant");
        Near.Equal([double.NegativeInfinity, Math.Log(3), Math.Log(3)], s.Evaluate(s.Call("LogDeterminant", a)).Data, 1e-15, "LogDeterminant");
        var inverse = s.Evaluate(s.Call("Inverse", a)).Data;
        Assert.All(inverse[..4], x => Assert.Equal(double.NaN, x));
        Assert.All(inverse[4..], x => Assert.True(double.IsFinite(x)));
        var root = s.Evaluate(s.Call("Cholesky", a)).Data;
        Assert.All(root[4..8], x => Assert.Equal(double.NaN, x));
        Near.Equal([Math.Sqrt(2), 0, Math.Sqrt(0.5), Math.Sqrt(1.5)], root[8..], 1e-15, "Cholesky");
        Near.Equal([double.NaN, double.NaN], s.Evaluate(s.Call("SolveTriangular", s.Float("2, 2", 1, 5, 5, 0), s.Float("2", 1, 1))).Data, 0, "SolveTriangular");
    }

    [Fact]
    public void Infinities_of_log_sum_exp_stay()
    {
        foreach (double infinity in new[] { double.NegativeInfinity, double.PositiveInfinity })
        {
            var s = new Surface();
            var y = s.Call("LogSumExp", s.Float("2", infinity, double.NegativeInfinity));
            Assert.Equal(infinity, s.Evaluate(y).Data[0]);
            Assert.Equal(infinity, s.Evaluate(((CompositeOp)y.Op).Decompose(y)).Data[0]);
        }
    }

    [Fact]
    public void The_first_of_equal_elements_is_the_largest_and_so_is_a_NaN()
    {
        Assert.Equal([1], Of("ArgMax", [1, 7, 7, 2]));
        Assert.Equal([1], Of("ArgMax", [1, double.NaN, 7, double.NaN]));
        Assert.Equal([0], Of("ArgMin", [1, 7, 1, 2]));
        Assert.Equal([2], Of("ArgMin", [1, 7, double.NaN, 2]));
    }

    [Fact]
    public void Equal_elements_stay_in_their_order_and_NaN_is_the_largest()
    {
        double[] x = [2, double.NaN, 1, 2, -0.0, 0, double.NegativeInfinity, double.PositiveInfinity];
        var s = new Surface();
        var node = s.Float("8", x);
        Assert.Equal([6, 4, 5, 2, 0, 3, 7, 1], s.Evaluate(s.Call("ArgSort", node)).Data);
        Assert.Equal([1, 7, 0, 3, 2, 4, 5, 6], s.Evaluate(s.Call("ArgSort", node, -1, true)).Data);
        Assert.Equal([double.NaN, double.PositiveInfinity, 2], s.Evaluate(s.Call("TopK", node, 3)).Data);
        Assert.Equal([double.NegativeInfinity, 0, 0], s.Evaluate(s.Call("TopK", node, 3, -1, false)).Data);
    }

    [Fact]
    public void Of_several_for_one_place_the_last_one_stays_and_has_the_gradient()
    {
        var s = new Surface();
        Node x = s.Float("4", 1, 2, 3, 4), index = s.Int("3", 2, 0, 2), source = s.Float("3", 10, 20, 30);
        var y = s.Call("Scatter", x, 0, index, source);
        Assert.Equal([20, 2, 30, 4], s.Evaluate(y).Data);
        var weighted = y * s.Float("4", 5, 6, 7, 8);
        Assert.Equal([0, 6, 0, 8], Gradient(s, weighted, x));
        Assert.Equal([0, 5, 7], Gradient(s, weighted, source));
        Assert.Equal([21, 2, 43, 4], s.Evaluate(s.Call("ScatterAdd", x, 0, index, source)).Data);
    }

    /// <summary>A segment that nothing belongs to, a NaN, and elements that tie.</summary>
    [Fact]
    public void Segments_may_be_empty()
    {
        var s = new Surface();
        Node x = s.Float("5", 2, 7, 2, double.NaN, 1), segments = s.Int("5", 0, 2, 0, 3, 0), numbers = s.Float("5", 2, 7, 2, 4, 1);
        Assert.Equal([5, 0, 7, 4], s.Evaluate(s.Call("SegmentSum", numbers, segments, 4)).Data);
        Near.Equal([5.0 / 3, 0, 7, 4], s.Evaluate(s.Call("SegmentMean", numbers, segments, 4)).Data, 1e-15, "SegmentMean");
        Assert.Equal([2, double.NegativeInfinity, 7, double.NaN], s.Evaluate(s.Call("SegmentMax", x, segments, 4)).Data);
        var largest = s.Call("SegmentMax", numbers, segments, 4);
        Assert.Equal([0.5, 1, 0.5, 1, 0], Gradient(s, largest, numbers));
        // The empty segment has no share in anything, in a second derivative neither.
        var chosen = s.Call("Where", s.Call("Greater", largest, s.Float("", -100)), s.Call("Square", largest), s.Float("", 0));
        var first = ReverseMode.Gradient(s.Call("Sum", chosen), [numbers])[0];
        Assert.Equal([2, 14, 2, 8, 0], s.Evaluate(first).Data);
        Assert.Equal([1, 2, 1, 2, 0], Gradient(s, first, numbers));
    }

    [Fact]
    public void Positions_on_the_border_and_beyond_it()
    {
        var s = new Surface();
        Node x = s.Float("1, 1, 2, 3", 1, 2, 4, 8, 16, 32), grid = s.Float("1, 1, 5, 2", -1, -1, 0, 0, 1, 1, -3, 0, 0.5, 1);
        Check(border: false, aligned: true, [1, 9, 32, 0, 24], [1, 3.5, 9, 7, -32, -16, 0, 0, 16, -12]);
        Check(border: true, aligned: true, [1, 9, 32, 4.5, 24], [0, 0, 9, 7, 0, 0, 0, 3.5, 16, 0]);
        Check(border: false, aligned: false, [0.25, 9, 8, 0, 14], [0.75, 0.5, 13.5, 14, -24, -16, 0, 0, 12, -28]);
        Check(border: true, aligned: false, [1, 9, 32, 4.5, 28], [0, 0, 13.5, 14, 0, 0, 0, 7, 24, 0]);

        void Check(bool border, bool aligned, double[] values, double[] gradient)
        {
            var y = s.Call("GridSample", x, grid, border, aligned);
            Near.Equal(values, s.Evaluate(y).Data, 1e-14, $"border {border}, aligned {aligned}");
            Near.Equal(gradient, Gradient(s, y, grid), 1e-13, $"gradient, border {border}, aligned {aligned}");
        }
    }

    /// <summary>The map that changes nothing reads the image itself, both ways.</summary>
    [Fact]
    public void The_identity_is_the_identity()
    {
        foreach (bool aligned in new[] { false, true })
        {
            var s = new Surface();
            double[] pixels = [.. Enumerable.Range(0, 12).Select(i => Math.Sin(i))];
            var grid = s.Call("AffineGrid", s.Float("1, 2, 3", 1, 0, 0, 0, 1, 0), 3, 4, aligned);
            Near.Equal(pixels, s.Evaluate(s.Call("GridSample", s.Float("1, 1, 3, 4", pixels), grid, true, aligned)).Data, 1e-14, $"aligned {aligned}");
            Assert.Equal(pixels, s.Evaluate(s.Call("ResizeBilinear2d", s.Float("1, 1, 3, 4", pixels), 3, 4, aligned)).Data);
        }
    }

    [Fact]
    public void Sizes_that_are_no_multiples()
    {
        var s = new Surface();
        var x = s.Float("1, 1, 1, 7", 0, 1, 2, 3, 4, 5, 6);
        Assert.Equal([0, 0, 1, 2, 2, 3, 4, 4, 5, 6], s.Evaluate(s.Call("ResizeNearest2d", x, 1, 10)).Data);
        Assert.Equal([0, 2, 4], s.Evaluate(s.Call("ResizeNearest2d", x, 1, 3)).Data);
        Near.Equal([2.0 / 3, 3, 16.0 / 3], s.Evaluate(s.Call("ResizeBilinear2d", x, 1, 3)).Data, 1e-14, "ResizeBilinear2d");
        // 49 · (1 / 49) is below 1 in floating point: in whole numbers nothing is lost.
        var many = s.Call("ResizeNearest2d", s.Float("1, 1, 1, 2", 1, 2), 1, 98);
        Assert.Equal(49, s.Evaluate(many).Data.Count(v => v == 2));
    }

    [Fact]
    public void Numbers_become_integers_towards_zero()
    {
        Assert.Equal([2, -2, 0, int.MaxValue, int.MinValue, int.MinValue], Of("ToInt", [2.9, -2.9, double.NaN, 3e9, -3e9, double.NegativeInfinity]));
    }

    [Fact]
    public void What_is_known_of_integers_is_not_checked()
    {
        var s = new Surface();
        Node x = s.Float("N, 6"), table = s.Float("6, 3"), small = s.Float("5, 3");
        var best = s.Call("ArgMax", x);
        Assert.Equal(6, IndexRange.Limit(s.Call("Reshape", best, new[] { -1, 1 }))!.Value);
        Assert.Null(IndexRange.Limit(s.Call("ToInt", x)));
        s.Call("IndexSelect", table, 0, best);
        Assert.Equal(Rules.Labels, Assert.Throws<ModelException>(() => s.Call("IndexSelect", small, 0, best)).Id);
        // A symbolic number of rows may be too small: that is checked when it runs.
        s.Graph.Outputs.Add(("y", s.Call("IndexSelect", s.Float("M, 3"), 0, best)));
        s.Graph.Outputs.Add(("z", s.Call("IndexSelect", table, 0, best)));
        Assert.Single(Compiler.Passes.GuardIndices.Pass.Run(s.Graph).Nodes, n => n.Op is CheckedIndex);
    }

    [Fact]
    public void Halves_round_to_even() => Assert.Equal([0, 2, 2, 0, -2], Of("Round", [0.5, 1.5, 2.5, -0.5, -2.5]));

    [Fact]
    public void Atan2_knows_its_quadrant()
    {
        double[] y = [0, 1, -1, 0, 1, -1], x = [0, 0, 0, -1, -1, -1], angles = [0, Math.PI / 2, -Math.PI / 2, Math.PI, 3 * Math.PI / 4, -3 * Math.PI / 4];
        var s = new Surface();
        var angle = s.Call("Atan2", s.Float("6", y), s.Float("6", x));
        Near.Equal(angles, s.Evaluate(angle).Data, 1e-15, "reference");
        var meaning = ((ElementwiseOp)angle.Op).Forward([new Scalar.Operand(0), new Scalar.Operand(1)]);
        for (int i = 0; i < angles.Length; i++) Near.Equal(angles[i], meaning.Evaluate(o => o == 0 ? y[i] : x[i]), 1e-15, $"meaning at {i}");
    }

    [Fact]
    public void Extreme_arguments_do_not_overflow()
    {
        Near.Equal([-1, 0, 800], Of("Elu", [-800, 0, 800]), 0, "Elu");
        Near.Equal([0, 1], GradientOf("Elu", [-800, 800]), 0, "Elu gradient");
        Near.Equal([-800, -Math.Log(2), 0], Of("LogSigmoid", [-800, 0, 800]), 1e-12, "LogSigmoid");
        Near.Equal([0, 800], Of("Mish", [-800, 800]), 1e-12, "Mish");
        Near.Equal([double.PositiveInfinity], Of("Log1p", [double.PositiveInfinity]), 0, "Log1p");
        var log1p = Log1p.Instance.Forward(new Scalar.Operand(0));
        Assert.Equal(double.PositiveInfinity, log1p.Evaluate(_ => double.PositiveInfinity));
    }

    [Fact]
    public void What_is_not_chosen_does_not_count()
    {
        var s = new Surface();
        Node c = s.Float("3", 1, 0, 1), a = s.Float("3", 4, -1, 9), b = s.Float("3", double.NaN, 5, double.NaN);
        // √ has a NaN and 1/0 behind the branch that is not taken.
        var y = s.Call("Where", c, s.Call("Sqrt", a), b);
        Assert.Equal([2, 5, 3], s.Evaluate(y).Data);
        Assert.Equal([0, 1, 0], Gradient(s, y, b));
        var triangle = new Surface();
        Assert.Equal([double.NaN, 0, 1, 2], triangle.Evaluate(triangle.Call("Tril", triangle.Float("2, 2", double.NaN, double.PositiveInfinity, 1, 2))).Data);
    }

    [Fact]
    public void Losses_at_their_edges()
    {
        var s = new Surface();
        var zero = s.Float("3", 0, 0, 0);
        var d = s.Float("3", -1, 0, 1);
        Near.Equal([-1.0 / 3, 0, 1.0 / 3], Gradient(s, s.Call("Huber", d, zero), d), 1e-15, "Huber");
        Near.Equal([-1.0 / 3, 0, 1.0 / 3], Gradient(s, s.Call("MeanAbsoluteError", d, zero), d), 1e-15, "MeanAbsoluteError");

        Node logs = s.Float("2", -1, -2), t = s.Float("2", 0, 0.5);
        var divergence = s.Call("KlDivergence", logs, t, false, (int)Compiler.Surface.LossReduction.Sum);
        Near.Equal(1 + (0.5 * Math.Log(0.5)), s.Evaluate(divergence).Data[0], 1e-15, "KlDivergence");
        Assert.All(Gradient(s, divergence, t), g => Assert.True(double.IsFinite(g)));

        Node p = s.Float("2", 0, 1), certain = s.Float("2", 1, 1);
        Assert.Equal(100, s.Evaluate(s.Call("BinaryCrossEntropy", p, certain, (int)Compiler.Surface.LossReduction.Sum)).Data[0]);
    }

    [Fact]
    public void An_ignored_label_may_lie_outside_of_the_classes()
    {
        var s = new Surface();
        Node x = s.Float("2, 3", 1, 2, 3, 1, 1, 0), label = s.Int("2", 2, -100);
        var loss = s.Call("CrossEntropy", x, label, 0.0, -100, 0);
        Near.Equal(Math.Log(1 + Math.Exp(-1) + Math.Exp(-2)), s.Evaluate(loss).Data[0], 1e-14, "loss");
        Assert.Equal([0, 0, 0], Gradient(s, loss, x)[3..]);
        var indicator = s.Graph.Nodes.Single(n => n.Op is OneHot);
        Assert.Equal(-100, indicator.Op.IgnoredIndex);
        Assert.Equal((0, (Shapes.Dim)3), indicator.Op.IndexBound(indicator));
    }
}
