namespace ModelGen.Compiler.Ops;

/// <summary>The numbers 0..n-1 in a random order: the order of n uniform numbers.</summary>
internal static class RandomPermutation
{
    public static readonly TensorMethod Method = new()
    {
        Name = "RandomPermutation",
        Summary = "The integers 0, 1, ..., count - 1 in a random order. " + RandomUniform.Meaning,
        IsStatic = true,
        Parameters = [SurfaceParameter.Int("count", "how many, at least 1")],
        Results = [MethodResult.Integers],
        Build = call =>
        {
            var count = call.Size("count");
            if (count.IsConstant && count.Value < 1) throw new ModelException(Rules.Argument, $"'RandomPermutation' needs a count of at least 1, but it is {count}.") { Argument = "count", Repair = Repair.Set("count", 1) };
            return Of(call.Graph, count);
        },
        Samples = [new Sample().With("count", 7)],
        PyTorch = "torch.randperm",
    };

    /// <summary>Numbers of the next stream of the graph. Two that are equal, which are rare, stay in their order.</summary>
    public static Node Of(Graph graph, Dim count) => ArgSort.Of(RandomUniform.Draw(graph, new Shape(count), graph.Precision), 0, count, descending: false);
}
