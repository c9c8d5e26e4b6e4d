using ModelGen.Compiler;
using ModelGen.Compiler.Codegen;
using ModelGen.EndToEnd.Tests.Harness;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>What <c>[Layer(Recompute = true)]</c> and frozen layers save.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public void Recomputed_layers_need_less_memory_for_the_same_gradients()
    {
        var (keeping, recomputing) = (Create("KeepingNet"), Create("RecomputingNet"));
        var inputs = CompiledNetworks.Inputs(CompiledNetworks.Assembly.Spec("KeepingNet"), "Loss", 7);
        Near.Equal(keeping.ComputeGradients("Loss", inputs), recomputing.ComputeGradients("Loss", inputs), "loss", 1e-6);
        foreach (var parameter in keeping.Parameters)
            Near.Equal(parameter.Gradient.ToDoubleArray(), recomputing.Parameters[parameter.Name].Gradient.ToDoubleArray(), parameter.Name, Near.Float32);

        // Of four blocks with 4 x 16 wide activations, and what else lies inside them, one at a time is there.
        long kept = Elements("KeepingNet"), recomputed = Elements("RecomputingNet");
        Assert.True(recomputed * 2 < kept, $"{recomputed} elements at batch 64 with recomputation, {kept} without");
    }

    static ICompiledModel Create(string name)
    {
        var model = CompiledNetworks.Assembly.Create(name);
        model.Initialize(6);
        return model;
    }

    static Step Train(string name) => ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(name)).Steps.Single(s => s.Name == "TrainStep");

    static long Elements(string name) => Train(name).Memory.WorkspaceElements.Evaluate(_ => 64);
}
