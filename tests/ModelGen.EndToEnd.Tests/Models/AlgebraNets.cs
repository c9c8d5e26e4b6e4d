namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>
/// Gaussian process regression in double precision, for batches of tasks with any number of points: the posterior mean, and the negative logarithm of the marginal likelihood by a
/// Cholesky factor; the same quadratic form and determinant by elimination.
/// </summary>
[Model(Precision = Precision.Float64)]
internal partial class GaussianProcessNet
{
    readonly Linear features = new(4);
    readonly Scale noise = new(start: 0.5f);

    Tensor Covariance(Tensor x)
    {
        var z = x.Apply(features).Tanh();
        var k = z.MatMul(z.Transpose());
        return k + Identity(k).Apply(noise);
    }

    static Tensor Identity(Tensor k) => (k * 0f + 1f).Tril().Triu();

    public Tensor Forward([Shape("N", "T", 3)] Tensor x, [Shape("N", "T")] Tensor y)
    {
        var k = Covariance(x);
        return k.MatMul(k.Solve(y).Unsqueeze(2)).Sum(2);
    }

    public Tensor Loss([Shape("N", "T", 3)] Tensor x, [Shape("N", "T")] Tensor y)
    {
        var k = Covariance(x);
        var l = k.Cholesky();
        var a = l.SolveTriangular(y);
        var likelihood = a.Square().Sum(1) + Tensor.Where(Identity(k) > 0f, l, 1f).Log().Sum(1, 2) * 2f;
        var again = (y * k.Solve(y)).Sum(1) + k.LogDeterminant();
        return (likelihood + again * 0.5f + k.Inverse().Square().Sum(1, 2) * 0.01f + (k * 0.5f).Determinant()).Mean();
    }
}

/// <summary>Sequences of any length, mixed by a filter in the frequencies, by their spectrum as numbers, and by a linear recurrence with decays that the model computes.</summary>
[Model]
internal partial class SpectralNet
{
    readonly Linear gate = new(4), mixed = new(4), output = new(3);
    readonly Scale filter = new(features: 8);

    public Tensor Forward([Shape("N", "T", 4)] Tensor x)
    {
        var size = x.Shape[1];
        var spectrum = x.RealFft(1);
        var filtered = spectrum.ComplexMultiply(spectrum.Flatten(2).Apply(filter).Reshape(x.Shape[0], spectrum.Shape[1], 4, 2)).InverseRealFft(size, 1);
        var pairs = x.Reshape(x.Shape[0], size, 2, 2);
        var turned = pairs.Fft(1).Tanh().InverseFft(1).Reshape(x.Shape[0], size, 4);
        var state = (filtered * 0.2f + turned).Apply(mixed).LinearRecurrence(x.Apply(gate).Sigmoid(), axis: 1);
        return (state + x.CumProd(1)).Mean(1).Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 4)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
