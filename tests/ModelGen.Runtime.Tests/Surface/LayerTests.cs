using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Surface;

public sealed class LayerTests
{
    static readonly Tensor X = new([1f, 2, 3, 4, 5, 6], 2, 3);

    [Fact]
    public void ALayerOfItsOwnDrawsWeightsOfSeed0()
    {
        Assert.Equal(new Linear(2).Forward(X).ToArray(), new Linear(2).Forward(X).ToArray());
        Assert.Contains("declares 4 inputs", Assert.Throws<ModelShapeException>(() => new Linear(2) { InFeatures = 4 }.Forward(X)).Message);
        var used = new Linear(2);
        used.Forward(X);
        Assert.Throws<ModelShapeException>(() => used.Forward(Tensor.Zeros(2, 5)));
        Assert.Throws<ModelShapeException>(() => new Linear(0).Forward(X));
    }

    [Fact]
    public void ABoundLayerReadsTheModelsWeights()
    {
        using var state = new ModelState<float>(Layouts.Of("Net",
            Layouts.Weight("blocks.1.up.weight", [2, 3], storageAxes: [1, 0]), Layouts.Weight("blocks.1.up.bias", [2])));
        state.Parameters["blocks.1.up.weight"].Values.CopyFrom([1f, 0, 0, 0, 0, 2]);
        state.Parameters["blocks.1.up.bias"].Values.CopyFrom([10f, 20]);

        var net = new Net();
        net.VisitLayers(new LayerVisitor(state.Parameters));
        Assert.Equal([11f, 26, 14, 32], net.Blocks[1].Up.Forward(X).ToArray());
        Assert.Same(net.Shared, net.Blocks[1].Up);   // reached twice, the first path counts
        state.Parameters["blocks.1.up.bias"].Values.Fill(0);
        Assert.Equal([1f, 6, 4, 12], net.Shared.Forward(X).ToArray());
        var error = Assert.Throws<KeyNotFoundException>(() => net.Blocks[0].Up.Forward(X));
        Assert.Contains("blocks.0.up", error.Message);
    }

    [Fact]
    public void DropoutDropsInTrainingOnly()
    {
        var dropout = new Dropout(0.5f);
        var x = Tensor.Ones(1000);
        Assert.Equal(x.ToArray(), dropout.Forward(x).ToArray());
        using (EagerMode.Training(seed: 1, step: 2))
        {
            var y = dropout.Forward(x).ToArray();
            Assert.Equal(y, dropout.Forward(x).ToArray());
            Assert.InRange(y.Count(v => v == 0), 400, 600);
            Assert.All(y, v => Assert.True(v is 0 or 2));
            using (EagerMode.Training(seed: 1, step: 3)) Assert.NotEqual(y, dropout.Forward(x).ToArray());
            Assert.Equal(y, dropout.Forward(x).ToArray());
        }
        Assert.False(EagerMode.IsTraining);
    }

    [Fact]
    public void BatchNormUpdatesItsStateOnRequest()
    {
        using var state = new ModelState<float>(Layouts.Of("Net", Layouts.Weight("norm.weight", [2]), Layouts.Weight("norm.bias", [2]),
            Layouts.Running("norm.running_mean", [2], 0), Layouts.Running("norm.running_var", [2], 1)));
        var norm = new BatchNorm2d();
        new LayerVisitor(state.Parameters).Visit("norm", norm);
        var x = new Tensor([1f, 3, 10, 30], 2, 2, 1, 1);
        using (EagerMode.Training()) norm.Forward(x);
        Assert.Equal([0f, 0], state.Parameters["norm.running_mean"].Values.ToArray());
        using (EagerMode.Training(updateState: true)) norm.Forward(x);
        Assert.Equal(0.55, state.Parameters["norm.running_mean"].Values[0], 1e-6);
        Assert.Equal(1.65, state.Parameters["norm.running_mean"].Values[1], 1e-6);
    }

    sealed class Net : ILayerContainer
    {
        public Block[] Blocks { get; } = [new(), new()];
        public Linear Shared => Blocks[1].Up;

        public void VisitLayers(LayerVisitor visitor)
        {
            visitor.Visit("blocks", Blocks);
            visitor.Visit("shared", Shared);
            visitor.Visit("name", "not a layer");
            visitor.Visit("nothing", null);
        }
    }

    sealed class Block : ILayerContainer
    {
        public Linear Up { get; } = new(2);
        public void VisitLayers(LayerVisitor visitor) => visitor.Visit("up", Up);
    }
}
