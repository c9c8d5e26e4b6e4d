using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.State;

/// <summary>Values that go from one set of parameters to another.</summary>
public sealed class ParameterCopyTests
{
    static ModelState<T> Net<T>(ulong seed, int[]? axes = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var state = new ModelState<T>(Layouts.Of("Net", Layouts.Weight("body.weight", [3, 19], axes), Layouts.Weight("body.bias", [3]), Layouts.Running("norm.running_mean", [5], 0.5)));
        state.Initialize(seed);
        return state;
    }

    static double[] All(ParameterSet parameters) => [.. parameters.SelectMany(p => p.Values.ToDoubleArray())];

    [Fact]
    public void A_copy_has_the_same_values_and_state()
    {
        using ModelState<float> a = Net<float>(1), b = Net<float>(2);
        a.Parameters["norm.running_mean"].Values.Fill(0.25);
        Assert.Equal(3, b.Parameters.CopyFrom(a.Parameters));
        Assert.Equal(All(a.Parameters), All(b.Parameters));
    }

    [Fact]
    public void Storage_order_and_precision_may_differ()
    {
        using var a = Net<float>(1);
        using var b = Net<double>(2, [1, 0]);
        using var c = Net<float>(3, [1, 0]);
        b.Parameters.CopyFrom(a.Parameters);
        Assert.Equal(All(a.Parameters), All(b.Parameters));
        double[] before = All(c.Parameters), goal = All(b.Parameters);
        c.Parameters.MoveTowards(b.Parameters, 0.25);
        Assert.All(All(c.Parameters).Select((v, i) => Math.Abs(v - (before[i] + (0.25 * (goal[i] - before[i]))))), e => Assert.True(e < 1e-7));
    }

    [Fact]
    public void A_part_of_the_way()
    {
        using ModelState<float> a = Net<float>(1), b = Net<float>(2);
        double[] goal = All(a.Parameters), before = All(b.Parameters);
        b.Parameters.MoveTowards(a.Parameters, 0.005);
        Assert.All(All(b.Parameters).Select((v, i) => Math.Abs(v - (before[i] + (0.005 * (goal[i] - before[i]))))), e => Assert.True(e < 1e-7));
        b.Parameters.MoveTowards(a.Parameters, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => b.Parameters.MoveTowards(a.Parameters, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => b.Parameters.MoveTowards(a.Parameters, double.NaN));
    }

    [Fact]
    public void Parts_of_models_by_their_names()
    {
        using var teacher = new ModelState<float>(Layouts.Of("Teacher", Layouts.Weight("net.weight", [4])));
        using var both = new ModelState<float>(Layouts.Of("Both", Layouts.Weight("student.weight", [4]), Layouts.Weight("teacher.weight", [4], frozen: true)));
        double[] student = both.Parameters["student.weight"].Values.ToDoubleArray();
        Assert.Equal(1, both.Parameters.CopyFrom(teacher.Parameters, from: "net", to: "teacher"));
        Assert.Equal(teacher.Parameters["net.weight"].Values.ToArray(), both.Parameters["teacher.weight"].Values.ToArray());
        Assert.Equal(student, both.Parameters["student.weight"].Values.ToDoubleArray());
        // Within one model.
        both.Parameters.CopyFrom(both.Parameters, from: "student", to: "teacher");
        Assert.Equal(student, both.Parameters["teacher.weight"].Values.ToDoubleArray());
    }

    [Fact]
    public void What_has_no_counterpart_is_a_mistake_and_changes_nothing()
    {
        using var a = Net<float>(1);
        using var other = new ModelState<float>(Layouts.Of("Other", Layouts.Weight("body.weight", [3, 18]), Layouts.Weight("body.bias", [3])));
        double[] before = All(other.Parameters);
        var e = Assert.Throws<ArgumentException>(() => other.Parameters.CopyFrom(a.Parameters));
        Assert.Contains("'body.weight [3, 18]' of Other cannot take the values of 'body.weight [3, 19]' of Net", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>(() => a.Parameters.CopyFrom(other.Parameters));
        Assert.Contains("the shapes differ", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>(() => other.Parameters.CopyFrom(a.Parameters, from: "norm", to: "body"));
        Assert.Contains("has no counterpart 'norm.weight' in Net ('norm')", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>(() => other.Parameters.CopyFrom(a.Parameters, to: "bodi"));
        Assert.Contains("Other has no parameters below 'bodi'", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, All(other.Parameters));
    }

    [Fact]
    public void A_model_in_use_is_refused()
    {
        using ModelState<float> a = Net<float>(1), b = Net<float>(2);
        a.BeginTraining("TrainStep");
        Assert.Throws<InvalidOperationException>(() => b.Parameters.CopyFrom(a.Parameters));
        a.EndTraining();
        b.Parameters.CopyFrom(a.Parameters);
        b.BeginPredict();
        Assert.Throws<InvalidOperationException>(() => b.Parameters.CopyFrom(a.Parameters));
        b.EndPredict();
    }
}
