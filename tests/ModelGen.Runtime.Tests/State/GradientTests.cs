using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.State;

/// <summary>Which gradients are there after a call, whether it succeeds or fails.</summary>
public sealed unsafe class GradientTests
{
    static ModelState<float> State() => new(Layouts.Of("Net", Layouts.Weight("a", [3]), Layouts.Weight("b", [2])));

    static readonly long[] All = [0, 2 * ModelLayout.Alignment], OnlyA = [0, 3];

    /// <summary>As a generated member does: each gradient of the call is <paramref name="value"/>.</summary>
    static void Call(ModelState<float> state, Optimizer? optimizer, float value, long[] ranges, double? weight = null, bool fails = false)
    {
        state.BeginTraining("TrainStep");
        try
        {
            var gradients = weight is null ? state.Gradients : state.PartGradients;
            var update = new WeightUpdate<float>(optimizer, weight, state, state.Values, gradients);
            for (int i = 0; i < ranges.Length; i += 2) new Span<float>(gradients + ranges[i], (int)ranges[i + 1]).Fill(value);
            if (fails) throw new NonFiniteLossException(double.NaN, "TrainStep", 0);
            update.Complete(ranges);
        }
        finally
        {
            state.EndTraining();
        }
    }

    static double[] Gradient(ModelState<float> state, string name) => state.Parameters[name].Gradient.ToDoubleArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_that_fails_discards_what_waits_and_leaves_nothing_to_read(bool isStep)
    {
        using var state = State();
        var sgd = new Sgd(1);
        Call(state, null, 5, All, weight: 1);
        Assert.Throws<NonFiniteLossException>(() => Call(state, isStep ? sgd : null, 7, OnlyA, fails: true));
        Assert.Contains("or it failed", Assert.Throws<InvalidOperationException>(() => Gradient(state, "a")).Message, StringComparison.Ordinal);
        Assert.Contains("a call that failed has discarded them", Assert.Throws<InvalidOperationException>(() => sgd.Step(state.Parameters)).Message, StringComparison.Ordinal);
        Call(state, null, 2, OnlyA);
        Assert.Equal([2, 2, 2], Gradient(state, "a"));
        Assert.Equal([0, 0], Gradient(state, "b"));   // not the 5 that were discarded
    }

    [Fact]
    public void A_call_that_was_to_add_and_fails_leaves_what_waits()
    {
        using var state = State();
        Call(state, null, 5, All);
        Assert.Throws<NonFiniteLossException>(() => Call(state, null, 7, All, weight: 1, fails: true));
        Assert.Equal([5, 5, 5], Gradient(state, "a"));
        new Sgd(1).Step(state.Parameters);
    }

    [Fact]
    public void A_call_of_another_objective_leaves_gradients_that_can_be_read()
    {
        using var state = State();
        Call(state, null, 5, All);
        Call(state, null, 7, OnlyA);
        Assert.Equal([7, 7, 7], Gradient(state, "a"));
        Assert.Equal([5, 5], Gradient(state, "b"));
    }

    /// <summary>A training step leaves parts of gradients in the memory; none of them may get into a later update.</summary>
    [Fact]
    public void An_element_that_is_written_after_a_training_step_is_alone()
    {
        using var state = State();
        var sgd = new Sgd(1);
        Call(state, sgd, 7, All);
        var before = state.Parameters.Select(p => p.Values.ToDoubleArray()).ToArray();
        state.Parameters["a"].Gradient[1] = 0.5;
        Assert.Equal([0, 0.5, 0], Gradient(state, "a"));
        Assert.Equal([0, 0], Gradient(state, "b"));
        sgd.Step(state.Parameters);
        Assert.Equal([before[0][0], (float)(before[0][1] - 0.5), before[0][2]], state.Parameters["a"].Values.ToDoubleArray());
        Assert.Equal(before[1], state.Parameters["b"].Values.ToDoubleArray());
    }

    [Fact]
    public void Gradients_that_are_added_after_a_training_step_are_alone()
    {
        using var state = State();
        Call(state, new Sgd(1), 7, All);
        Call(state, null, 2, OnlyA, weight: 0.5);
        Assert.Equal([1, 1, 1], Gradient(state, "a"));
        Assert.Equal([0, 0], Gradient(state, "b"));
    }
}
