using ModelGen.EndToEnd.Tests.Harness;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Derivatives that a compiled model computes equal central differences of what it computes.</summary>
public sealed class DerivativeTests
{
    [Fact]
    public void Each_order_is_the_slope_of_the_one_before()
    {
        const double step = 1e-5;
        const int batch = 5;
        var (model, inputs) = Create("OscillatorNet");
        var spec = Assembly.Spec("OscillatorNet");
        int[] lengths = [batch, batch, batch, batch];
        var at = model.Predict(inputs, lengths);
        double[][] before = Moved(-step), after = Moved(step);
        for (int order = 1; order < lengths.Length; order++)
            Near.Equal([.. before[order - 1].Zip(after[order - 1], (b, a) => (a - b) / (2 * step))], at[order], $"derivative {order}", 1e-8);

        double[][] Moved(double by) => model.Predict(new ModelInputs(spec).Bind("N", batch).Add(spec.Functions[0].Inputs[0], [.. inputs["time"].Data.Select(t => t + by)]), lengths);
    }

    [Fact]
    public void Products_are_those_of_the_Jacobian()
    {
        const int batch = 3;
        var (model, inputs) = Create("ProductsNet", batch);
        var y = model.Predict(inputs, [batch * 3, batch * 4, batch * 12]);
        double[] direction = inputs["direction"].Data;
        for (int n = 0; n < batch; n++)
            for (int j = 0; j < 3; j++)
                Near.Equal(Enumerable.Range(0, 4).Sum(i => y[2][(n * 12) + (j * 4) + i] * direction[(n * 4) + i]), y[0][(n * 3) + j], $"row {n}, output {j}", 1e-12);
    }

    static CompiledAssembly Assembly => assembly.Value;

    static readonly Lazy<CompiledAssembly> assembly = new(() =>
        new CompiledAssembly([CompiledNetworks.Source("DerivativeNets.cs").Replace("[Model]", "[Model(Precision = Precision.Float64)]", StringComparison.Ordinal)]));

    static (ICompiledModel Model, ModelInputs Inputs) Create(string name, int batch = 5)
    {
        var model = Assembly.Create(name);
        model.Initialize(2);
        return (model, CompiledNetworks.Inputs(Assembly.Spec(name), "Forward", batch));
    }
}
