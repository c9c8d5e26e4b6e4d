using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Bad input is one clear exception, and leaves weights, states and optimizer as they were.</summary>
public sealed class MisuseTests
{
    static readonly float[] images = Patterns.ImagesOf(0).ToArray();
    static readonly int[] labels = Patterns.LabelsOf(0).ToArray();

    [Fact]
    public void Lengths_that_fit_no_batch()
    {
        Refused<ArgumentException>("'image' has 65 elements, which fits no batch: [N, 1, 8, 8] takes a multiple of 64. (Parameter 'image')", (net, sgd) => net.TrainStep(new float[65], [0], sgd));
        Refused<ArgumentException>("'image' has 65 elements, which fits no batch: [N, 1, 8, 8] takes a multiple of 64. (Parameter 'image')", (net, _) => net.Predict(new float[65], new float[10]));
        Refused<ArgumentException>("'label' has 15 elements, but [N] with N = 16 takes 16. (Parameter 'label')", (net, sgd) => net.TrainStep(images, labels.AsSpan(1), sgd));
        Refused<ArgumentException>("'label' has 15 elements, but [N] with N = 16 takes 16. (Parameter 'label')", (net, _) => net.Evaluate(images, labels.AsSpan(1)));
        Refused<ArgumentException>("'output' has 159 elements, but [N, 10] with N = 16 takes 160. (Parameter 'output')", (net, _) => net.Predict(images, new float[159]));
    }

    [Fact]
    public void Results_that_share_memory()
    {
        var net = new ConstructedNet();
        float[] memory = [.. Enumerable.Range(0, 16).Select(i => i * 0.1f)], before = [.. memory];
        Refused("'A' shares memory with 'x'. Results are written while others are still read or written, so 'A' needs memory of its own. (Parameter 'A')", 0, 0, 8);
        Refused("'B' shares memory with 'x'. Results are written while others are still read or written, so 'B' needs memory of its own. (Parameter 'B')", 0, 8, 7);
        Refused("'B' shares memory with 'A'. Results are written while others are still read or written, so 'B' needs memory of its own. (Parameter 'B')", 0, 8, 8);
        net.Predict(memory.AsSpan(0, 4), memory.AsSpan(4, 4), memory.AsSpan(8, 4));

        void Refused(string message, int x, int a, int b)
        {
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => net.Predict(memory.AsSpan(x, 8), memory.AsSpan(a, 8), memory.AsSpan(b, 8))).Message);
            Assert.Equal(before, memory);
        }
    }

    [Fact]
    public void Empty_batches()
    {
        const string message = "'image' is empty: [N, 1, 8, 8] needs N to be at least 1, which takes 64 elements. (Parameter 'image')";
        Refused<ArgumentException>(message, (net, sgd) => net.TrainStep([], [], sgd));
        Refused<ArgumentException>(message, (net, _) => net.Evaluate([], []));
        Refused<ArgumentException>(message, (net, _) => net.Predict([], []));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Labels_outside_the_classes(int label)
    {
        int[] bad = [.. labels];
        bad[3] = label;
        string message = $"'label' has {label} at index 3; allowed are 0 to 9. (Parameter 'label')\nActual value was {label}.";
        Refused<ArgumentOutOfRangeException>(message, (net, sgd) => net.TrainStep(images, bad, sgd));
        Refused<ArgumentOutOfRangeException>(message, (net, _) => net.Evaluate(images, bad));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Indices_that_the_model_computes(int threads)
    {
        var net = new PickNet();
        float[] x = [.. Enumerable.Range(0, 12).Select(i => i * 0.1f)], y = new float[3];
        using var team = Machine.With(threads);
        net.Predict(x, [0, 1, 1], y);
        var before = PropertyTests.Snapshot(net.Parameters);
        const string message = "An index that the model computes is 6, but it must lie in 0 to 3.";
        var sgd = new Sgd(0.1);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => net.Predict(x, [0, 3, 1], y)).Message);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => net.TrainStep(x, [0, 3, 1], sgd)).Message);
        Assert.Equal(before, PropertyTests.Snapshot(net.Parameters));
        // Eager code says it of the argument.
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Forward(new Tensor(x, 3, 4), IntTensor.From(0, 3, 1)));
        Assert.True(float.IsFinite(net.TrainStep(x, [0, 1, 1], sgd)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    public void Tokens_outside_the_vocabulary(int token)
    {
        var net = new Models.TinyGpt();
        var before = PropertyTests.Snapshot(net.Parameters);
        var (tokens, next) = Patterns.TokensOf(0);
        tokens[5] = token;
        string message = $"'token' has {token} at index 5; allowed are 0 to 10. (Parameter 'token')\nActual value was {token}.";
        var output = new float[tokens.Length * 11];
        Assert.Equal(message, Assert.Throws<ArgumentOutOfRangeException>(() => net.TrainStep(tokens, next, new AdamW())).Message.ReplaceLineEndings("\n"));
        Assert.Equal(message, Assert.Throws<ArgumentOutOfRangeException>(() => net.Predict(tokens, output)).Message.ReplaceLineEndings("\n"));
        Assert.Equal(before, PropertyTests.Snapshot(net.Parameters));
        Assert.All(output, v => Assert.Equal(0, v));
    }

    [Fact]
    public void No_optimizer() => Refused<ArgumentNullException>("Value cannot be null. (Parameter 'optimizer')", (net, _) => net.TrainStep(images, labels, null!));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_loss_that_is_no_number(float bad)
    {
        float[] spoilt = [.. images];
        spoilt[100] = bad;
        Refused<NonFiniteLossException>(
            "The loss of 'TrainStep' is NaN in step 1. The model was not changed. Usual causes: NaN or infinity in the inputs, a learning rate that is too high, the logarithm or root of a value at or below 0.",
            (net, optimizer) => net.TrainStep(spoilt, labels, optimizer));
    }

    /// <summary>The running statistics are states: they may not take the bad batch in.</summary>
    [Fact]
    public void Running_statistics_survive_a_bad_batch()
    {
        var (net, optimizer) = (new BatchNormNet(), new Adam());
        float[] x = [.. Enumerable.Range(0, 4 * 3 * 36).Select(i => MathF.Sin(i))];
        int[] y = [0, 1, 2, 3];
        net.TrainStep(x, y, optimizer);
        var before = PropertyTests.Snapshot(net.Parameters);
        x[7] = float.NaN;
        Assert.Throws<NonFiniteLossException>(() => net.TrainStep(x, y, optimizer));
        Near.SameBits(before, PropertyTests.Snapshot(net.Parameters), "weights and states");
        Assert.Equal(1, optimizer.StepCount);
    }

    /// <summary>Trains a step, makes the bad call, and trains another: the same as without the bad call, to the bit.</summary>
    static void Refused<TException>(string message, Action<DigitNet, Optimizer> call) where TException : Exception
    {
        var (net, other) = (new DigitNet(), new DigitNet());
        var (optimizer, twin) = (new Adam(), new Adam());
        net.TrainStep(images, labels, optimizer);
        other.TrainStep(images, labels, twin);
        var refused = Assert.Throws<TException>(() => call(net, optimizer));
        Assert.Equal(message, refused.Message.ReplaceLineEndings("\n"));
        Near.SameBits(PropertyTests.Snapshot(other.Parameters), PropertyTests.Snapshot(net.Parameters), "the weights after the refused call");
        Assert.Equal(1, optimizer.StepCount);
        net.TrainStep(images, labels, optimizer);
        other.TrainStep(images, labels, twin);
        Near.SameBits(PropertyTests.Snapshot(other.Parameters), PropertyTests.Snapshot(net.Parameters), "the weights after the next step");
    }
}
