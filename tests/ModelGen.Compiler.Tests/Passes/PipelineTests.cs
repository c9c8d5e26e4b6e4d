using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Scheduling;
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

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Every_value_is_computed_by_one_kernel_before_it_is_read(string name)
    {
        var @case = SampleCase.Named(name);
        @case.Graph.Outputs.Add(("y", @case.Output));
        var gradients = @case.Gradients();
        for (int i = 0; i < gradients.Count; i++) @case.Graph.Outputs.Add(("d" + i, gradients[i]));
        var schedule = Schedule.For(Pipeline.Run(@case.Graph));
        var written = new HashSet<Node>();
        foreach (var kernel in schedule.Kernels)
        {
            Assert.All(kernel.Reads.Where(r => r.Op is not LeafOp), r => Assert.True(written.Contains(Views.Owner(r)), $"{name}: {kernel.Name} reads {r} too early"));
            Assert.All(kernel.Writes, w => Assert.True(written.Add(w), $"{name}: {kernel.Name} writes {w} again"));
        }
        Assert.All(schedule.Graph.Roots.Select(Views.Owner).Where(r => r.Op is not LeafOp), r => Assert.Contains(r, written));
    }
}
