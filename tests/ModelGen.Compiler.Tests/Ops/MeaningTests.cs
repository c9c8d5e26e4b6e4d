using ModelGen.Compiler.Ir;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>What back ends render (scalar expressions, decompositions) means the same as the plain reference.</summary>
public sealed class MeaningTests
{
    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Scalar_expressions_and_decompositions_equal_the_reference(string name)
    {
        var @case = SampleCase.Named(name);
        @case.Gradients();   // the ops of the backward pass are checked on the way
        var nodes = @case.Graph.Nodes.ToArray();
        var values = @case.Evaluate(nodes);
        foreach (var node in nodes)
        {
            var operands = node.Inputs.Select(i => values[i.Id]).ToArray();
            if (node.Op is ElementwiseOp elementwise)
            {
                var meaning = elementwise.Forward([.. Enumerable.Range(0, operands.Length).Select(i => new Scalar.Operand(i))]);
                int n = 0;
                foreach (var index in values[node.Id].Indices())
                {
                    double actual = meaning.Evaluate(i => operands[i].Broadcast(index), index.Length == 0 ? 0 : index[^1]);
                    Near.Equal(values[node.Id].Data[n++], actual, 1e-12, $"{name}: {node}");
                }
            }
            else if (node.Op is CompositeOp composite)
                Near.Equal(values[node.Id], @case.Evaluate([composite.Decompose(node)])[0], 1e-12, $"{name}: {node} decomposed");
        }
    }

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Results_have_the_inferred_shape(string name)
    {
        var @case = SampleCase.Named(name);
        Assert.Equal(@case.Output.Shape.Evaluate(_ => 0), @case.Evaluate([@case.Output])[0].Shape);
    }
}
