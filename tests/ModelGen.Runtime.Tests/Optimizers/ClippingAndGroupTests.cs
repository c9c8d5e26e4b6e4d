using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Optimizers;

[Collection("Vector width")]
public sealed class ClippingAndGroupTests
{
    static ModelState<float> State() => new(Layouts.Of("Net", Layouts.Weight("head.weight", [4, 9]), Layouts.Weight("head.bias", [4]), Layouts.Weight("norm.weight", [9])));

    [Fact]
    public void The_norm_is_that_of_all_gradients_before_clipping()
    {
        using var state = State();
        var sgd = new Sgd(0.1) { MaxGradientNorm = 1 };
        Assert.True(double.IsNaN(sgd.GradientNorm));
        state.Parameters["head.bias"].Gradient.Fill(3);
        OptimizerTests.Step(sgd, state);
        Assert.Equal(6, sgd.GradientNorm, 1e-6);
        Assert.All(state.Parameters["head.bias"].Gradient.ToDoubleArray(), g => Assert.Equal(0.5, g, 1e-6));
        OptimizerTests.Step(sgd, state);
        Assert.Equal(1, sgd.GradientNorm, 1e-6);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_norm_that_is_not_finite_changes_nothing(double bad)
    {
        using var state = State();
        var adam = new Adam { MaxGradientNorm = 1 };
        var before = state.Parameters.Select(p => p.Values.ToArray()).ToArray();
        state.Parameters["head.weight"].Gradient[7] = bad;
        var e = Assert.Throws<NonFiniteGradientException>(() => OptimizerTests.Step(adam, state));
        Assert.Equal((bad, 0L), (e.Norm, e.Step));
        Assert.Equal(before, state.Parameters.Select(p => p.Values.ToArray()));
        Assert.Equal(0, adam.StepCount);
    }

    [Fact]
    public void The_first_group_that_contains_a_parameter_counts()
    {
        using var state = State();
        foreach (var p in state.Parameters)
        {
            p.Values.Fill(1);
            p.Gradient.Fill(1);
        }
        var sgd = new Sgd(0.5, weightDecay: 1) { Groups = [new("*.bias") { LearningRateScale = 0 }, ParameterGroup.NoDecay, new(p => p.Name == "head.weight") { LearningRateScale = 0.5, WeightDecay = 3 }] };
        OptimizerTests.Step(sgd, state);
        Assert.Equal(1, state.Parameters["head.bias"].Values[0]);
        Assert.Equal(0.5, state.Parameters["norm.weight"].Values[8]);
        Assert.Equal(0, state.Parameters["head.weight"].Values[35]);
    }

    [Fact]
    public void A_group_that_names_nothing_is_a_mistake()
    {
        using var state = State();
        var sgd = new Sgd { Groups = [new ParameterGroup("haed.*")] };
        var e = Assert.Throws<InvalidOperationException>(() => OptimizerTests.Step(sgd, state));
        Assert.Contains("'haed.*' contains no trained parameter of Net", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { MaxGradientNorm = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { MaxGradientValue = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { LearningRateScale = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { WeightDecay = double.NaN });
        Assert.Throws<ArgumentException>(() => new ParameterGroup(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(alpha: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lamb(weightDecay: -1));
    }
}
