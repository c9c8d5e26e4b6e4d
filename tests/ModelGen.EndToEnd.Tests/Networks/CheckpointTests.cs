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

    /// <summary>Nothing of the backward pass is there that no updated weight needs.</summary>
    [Fact]
    public void Frozen_layers_have_no_backward_pass()
    {
        // One product forward and one for the weights of the head; none goes back to the convolution.
        Assert.DoesNotContain(Kernels("FrozenNet", "TrainStep"), k => k.Contains("Backward", StringComparison.Ordinal));
        Assert.Equal(2, Kernels("FrozenNet", "TrainStep").Count(IsProduct));
        // Forward: two generator layers, and two critic layers for each of two inputs. Back: for each input the weights of both critic layers, and through the second.
        Assert.Equal(2 + 4 + 6, Kernels("AdversarialNet", "CriticStep").Count(IsProduct));
        // Forward: four layers. Back: through both critic layers, the weights of both generator layers, and through the second.
        Assert.Equal(4 + 5, Kernels("AdversarialNet", "GeneratorStep").Count(IsProduct));

        static bool IsProduct(string kernel) => kernel.StartsWith("MatMul", StringComparison.Ordinal);
    }

    static string[] Kernels(string model, string step) =>
        [.. ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(model)).Steps.Single(s => s.Name == step).Schedule.Kernels.Select(k => k.Name)];

    static ICompiledModel Create(string name)
    {
        var model = CompiledNetworks.Assembly.Create(name);
        model.Initialize(6);
        return model;
    }

    static Step Train(string name) => ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(name)).Steps.Single(s => s.Name == "TrainStep");

    static long Elements(string name) => Train(name).Memory.WorkspaceElements.Evaluate(_ => 64);
}
