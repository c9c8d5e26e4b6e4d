using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Tests.Ops;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Passes;

/// <summary>The passes change how a result is computed, never the result.</summary>
public sealed class PipelineTests
{
    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Passes_keep_values_gradients_and_updates(string name)
    {
        var @case = SampleCase.Named(name);
        var graph = @case.Graph;
        graph.Outputs.Add(("y", @case.Output));
        var gradients = @case.Gradients();
        for (int i = 0; i < gradients.Count; i++) graph.Outputs.Add(("d" + i, gradients[i]));
        var expected = @case.Evaluate(graph.Roots.ToArray());

        var result = Pipeline.Run(graph);
        GraphVerifier.Verify(result, name);
        Assert.DoesNotContain(result.Live(), n => n.Op is CompositeOp);
        foreach (var (before, after) in expected.Zip(@case.Evaluate(result.Roots.ToArray()))) Near.Equal(before, after, 1e-12, name);
    }
}
