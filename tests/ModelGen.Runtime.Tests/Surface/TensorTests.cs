namespace ModelGen.Runtime.Tests.Surface;

public sealed class TensorTests
{
    static readonly Tensor X = new([1f, -2, 3, -4, 5, -6], 2, 3);

    [Fact]
    public void MethodsComputeAtOnce()
    {
        Assert.Equal([1f, 0, 3, 0, 5, 0], X.Relu().ToArray());
        Assert.Equal([3f, -3, 7, -7, 11, -11], ((X * 2f) + Tensor.From(1f, 1, 1)).ToArray());
        Assert.Equal([2f, 5, 0, 7, -2, 9], (3f - X).ToArray());
        Assert.Equal([2, 3], X.Shape);
        Assert.Equal(3, X.Shape[^1]);
        Assert.Equal([3, 2], X.Reshape(3, 2).Shape);
        Assert.Equal(-3f, X.Sum().Item());
        Assert.Equal([2f, -5], X.Sum(1).ToArray());
    }

    [Fact]
    public void PartsAreSlices()
    {
        Assert.Equal([[1f, 2, 3], [4f, 5, 6], [7f]], Tensor.Arange(7, start: 1).Split(3).Select(t => t.ToArray()));
        Assert.Equal([[1f, -2, 3], [-4f, 5, -6]], X.Chunk(2).Select(t => t.ToArray()));
        Assert.Equal([[1f, -4], [-2f, 5], [3f, -6]], X.Unbind(-1).Select(t => t.ToArray()));
        Assert.Contains("at least 1, but it is 0", Assert.Throws<ModelShapeException>(() => X.Split(0)).Message);
        Assert.Contains("axis 2", Assert.Throws<ModelShapeException>(() => X.Unbind(2)).Message);
    }

    [Fact]
    public void NumbersStandForTensors()
    {
        Assert.Equal([1f, 0, 1, 0, 1, 0], (X > 0f).ToArray());
        Assert.Equal([0f, 1, 0, 1, 0, 1], (0f >= X).ToArray());
        Assert.Equal([1f, 0.5f, 3, 0.5f, 5, 0.5f], X.Maximum(0.5f).ToArray());
        Assert.Equal([1f, -1, 3, -1, 5, -1], Tensor.Where(X > 0f, X, -1f).ToArray());
        Assert.Equal([0f, 1, 0, 1], Tensor.OneHot(IntTensor.From(1, 1), 2).ToArray());
    }

    [Fact]
    public void IntegersAreComputed()
    {
        IntTensor best = X.ArgMax(1);
        Assert.Equal([2, 1], best.ToArray());
        Assert.Equal([3f, 5], X.Gather(1, best.Unsqueeze(1)).ToArray());
        Assert.Equal([2, -2], Tensor.From(2.9f, -2.9f).ToInt().ToArray());
        var (values, indices) = X.TopK(2);
        Assert.Equal([3f, 1, 5, -4], values.ToArray());
        Assert.Equal([2, 0, 1, 0], indices.ToArray());
        Assert.Equal([2, 2], indices.Shape);
        Assert.Equal([-2f, 1, 3, -6, -4, 5], X.Sort().Values.ToArray());
        Assert.Equal([2, 1], indices.Transpose().Slice(0, 0, 1).Flatten(0).ToArray());
        Assert.Equal([14f, 77], Tensor.Einsum("ij,ij->i", X, X).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => X.Gather(1, IntTensor.From(0, 3).Unsqueeze(1)));
    }

    [Fact]
    public void WhatIsMadeOfIntegersTakesTheTypeThatItMeets()
    {
        var third = IntTensor.From(1, 0, 0).ToTensor().Mean();
        Assert.Equal(1.0 / 3.0, (double)(third * new Tensor([1.0])));
        Assert.Equal((float)(1.0 / 3.0), (double)(third * new Tensor([1f])));
        Assert.Equal(Precision.Float32, third.Precision);
    }

    [Fact]
    public void Float32IsRoundedAndFloat64IsNot()
    {
        Assert.Equal((float)(1f / 3f), (double)(Tensor.Scalar(1) / Tensor.Scalar(3)));
        Assert.Equal(1.0 / 3.0, (double)(new Tensor([1.0]) / new Tensor([3.0])));
        Assert.Equal(Precision.Float64, (new Tensor([1.0]) * 2f).Precision);
    }

    [Fact]
    public void BrokenRulesAreArgumentExceptionsWithTheRulesId()
    {
        var error = Assert.Throws<ModelShapeException>(() => X + Tensor.From(1f, 2));
        Assert.Equal("MG0101", error.Id);
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[2]", error.Message);
        Assert.Throws<ModelShapeException>(() => X + new Tensor([1.0]));
        Assert.Contains("6 elements, but 5", Assert.Throws<ArgumentException>(() => new Tensor(new float[5], 2, 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros(2, -1));
        Assert.Throws<InvalidOperationException>(() => X.Item());
    }

    [Fact]
    public void What_no_tensor_can_be_made_of_is_named()
    {
        Assert.Throws<ArgumentNullException>("data", () => new Tensor((double[])null!, 3));
        Assert.Throws<ArgumentNullException>("data", () => new Tensor((float[])null!, 3));
        Assert.Throws<ArgumentNullException>("shape", () => new Tensor([1f], null!));
        Assert.Throws<ArgumentNullException>("values", () => Tensor.From((float[])null!));
        Assert.Throws<ArgumentNullException>("values", () => Tensor.From((float[,])null!));
        Assert.Throws<ArgumentNullException>("data", () => new IntTensor(null!, 3));
        Assert.Throws<ArgumentNullException>("values", () => IntTensor.From(null!));
        Assert.Throws<ArgumentNullException>("shape", () => Tensor.Zeros(null!));
        var error = Assert.Throws<ArgumentOutOfRangeException>("shape", () => Tensor.Zeros(100_000, 100_000));
        Assert.StartsWith("A tensor [100000, 100000] has more elements than the 2147483591 ", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("shape", () => Tensor.Zeros(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>("shape", () => Tensor.Zeros(1 << 16, 1 << 16, 1 << 16, 1 << 16));   // 2^64 is 0 in a long
        Assert.Empty(Tensor.Zeros(100_000, 100_000, 0).ToArray());
    }

    [Fact]
    public void ATensorIsImmutable()
    {
        float[] data = [1, 2];
        var x = new Tensor(data, 2);
        data[0] = 5;
        x.ToArray()[1] = 7;
        x.Reshape(2, 1).ToDoubleArray()[1] = 8;
        Assert.Equal([1f, 2], x.ToArray());
    }

    [Fact]
    public void ItPrintsAsNumPyDoes()
    {
        Assert.Equal("float [2, 3]\n[[ 1, -2,  3],\n [-4,  5, -6]]", X.ToString());
        Assert.Equal("double [] 2.5", new Tensor([2.5]).ToString());
        Assert.Equal("int [2]\n[3, 4]", IntTensor.From(3, 4).ToString());
        Assert.Contains("...", Tensor.Zeros(100, 100).ToString());
    }

    [Fact]
    public void ApplyTakesLayersAndMethods()
    {
        Assert.Equal(X.Relu().ToArray(), X.Apply(x => x.Relu()).ToArray());
        var linear = new Linear(4);
        Assert.Equal([2, 4], X.Apply(linear).Shape);
        Assert.Equal(X.Apply(linear).ToArray(), linear.Forward(X).ToArray());
    }

    [Fact]
    public void IndexersAreMadeOfSelectAndSlice()
    {
        Assert.Equal([4f * -1, 5, -6], X[1].ToArray());
        Assert.Equal([-4f, 5, -6], X[^1].ToArray());
        Assert.Equal([3f, -6], X[.., 2].ToArray());
        Assert.Equal([2, 2], X[.., ..^1].Shape);
        Assert.Equal([-2f, 5], X[.., 1..^1].ToArray());
        Assert.Equal(5f, X[1, -2].Item());
        Assert.Equal(X.ToArray(), X[..].ToArray());
        Assert.Equal([1, 3], X[0..1].Shape);
        Assert.Throws<ModelShapeException>(() => X[2]);
        Assert.Throws<ModelShapeException>(() => X[^3]);
        Assert.Throws<ModelShapeException>(() => X[.., 1..5]);
        Assert.Throws<ModelShapeException>(() => X[^0]);
        Assert.Contains("3 indices", Assert.Throws<ModelShapeException>(() => X[0, 0, 0]).Message);
    }

    [Fact]
    public void LabelsAreChecked()
    {
        Assert.True(X.CrossEntropy(IntTensor.From(0, 1)).Item() > 0);
        Assert.Contains("-1 at index 1", Assert.Throws<ArgumentOutOfRangeException>(() => X.CrossEntropy(IntTensor.From(0, -1))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => X.CrossEntropy(IntTensor.From(3, 0)));
        void Named(string message, Action call) => Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(call).Message, StringComparison.Ordinal);
        Named("'index' has 7 at index 1; allowed are 0 to 2.", () => X.Gather(1, new IntTensor([0, 7], 2, 1)));
        Named("A layer Embedding: 'index' has 70000 at index 0; allowed are 0 to 9.", () => new Embedding(10, 3).Forward(IntTensor.From(70000)));
        Named("A layer Lstm: 'lengths' has 5 at index 0; allowed are 0 to 4.", () => new Lstm(2).Forward(Tensor.Zeros(1, 4, 3), IntTensor.From(5)));
        Assert.Equal([2, 6], Tensor.Concat(1, X, X).Shape);
    }
}
