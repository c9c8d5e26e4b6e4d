using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>The compiled gradients of whole models, in double precision, equal central differences of the compiled loss.</summary>
public sealed class DifferenceTests
{
    [Theory]
    [InlineData("TinyGpt")]
    [InlineData("RotaryNet")]
    [InlineData("LstmNet")]
    [InlineData("RecurrentNet")]
    [InlineData("HeatNet")]
    [InlineData("OscillatorNet")]
    [InlineData("ProductsNet")]
    [InlineData("RecurrentSlopeNet")]
    [InlineData("ScanSlopeNet")]
    [InlineData("PoolSlopeNet")]
    [InlineData("EquilibriumNet")]
    [InlineData("HaltingNet")]
    public void Gradients_are_the_slopes_of_the_loss(string name)
    {
        string file = name is "HeatNet" or "OscillatorNet" or "ProductsNet" ? "DerivativeNets.cs" : name is "TinyGpt" or "RotaryNet" ? "TinyGpt.cs"
            : name is "LstmNet" or "RecurrentNet" ? "RecurrentNets.cs" : "SecondOrderNets.cs";
        var assembly = new CompiledAssembly([CompiledNetworks.Source(file).Replace("[Model]", "[Model(Precision = Precision.Float64)]", StringComparison.Ordinal)]);
        var model = assembly.Create(name);
        model.Initialize(11);
        var inputs = CompiledNetworks.Inputs(assembly.Spec(name), "Loss", batch: 3);
        model.ComputeGradients("Loss", inputs);
        const double step = 1e-5;
        foreach (var parameter in model.Parameters)
        {
            double[] value = parameter.Values.ToDoubleArray(), gradient = parameter.Gradient.ToDoubleArray();
            var random = new Lcg(17);
            double[] direction = [.. value.Select(_ => random.Next(-1, 1))];
            double At(double t)
            {
                parameter.Values.CopyFrom([.. value.Zip(direction, (v, d) => v + (t * d))]);
                return model.Evaluate("Loss", inputs);
            }
            double slope = (At(step) - At(-step)) / (2 * step);
            parameter.Values.CopyFrom(value);
            Near.Equal(slope, gradient.Zip(direction, (g, d) => g * d).Sum(), $"{name}: {parameter.Name} along a direction", 1e-8);
        }
    }
}
