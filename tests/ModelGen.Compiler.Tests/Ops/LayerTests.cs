using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Parameters, state, symbolic sizes and kernels of the built-in layers and methods.</summary>
public sealed class LayerTests
{
    public static TheoryData<string, int, bool> Samples { get; } = AllSamples();

    static TheoryData<string, int, bool> AllSamples()
    {
        var data = new TheoryData<string, int, bool>();
        foreach (var layer in LayerRegistry.Definitions)
            for (int i = 0; i < layer.Samples.Count; i++)
            {
                // A vector's only axis holds features, which cannot be symbolic.
                if (layer.Samples[i].Shapes[0].Length == 1) continue;
                data.Add(layer.Name, i, true);
                data.Add(layer.Name, i, false);
            }
        return data;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_symbolic_batch_gives_the_same_values(string layer, int index, bool training)
    {
        var definition = LayerRegistry.Find(layer)!;
        var constant = SampleCase.Of(definition, index, training);
        var symbolic = SampleCase.Of(definition, index, training, symbolicBatch: true);
        Assert.Contains("N", symbolic.Output.Shape.SelectMany(d => d.Symbols));
        Near.Equal(constant.Evaluate([constant.Output])[0], symbolic.Evaluate([symbolic.Output])[0], 1e-14, layer);
        foreach (var (a, b) in constant.Evaluate([.. constant.Gradients(), .. constant.Graph.Updates.Select(u => u.Value)])
            .Zip(symbolic.Evaluate([.. symbolic.Gradients(), .. symbolic.Graph.Updates.Select(u => u.Value)])))
            Near.Equal(a, b, 1e-14, layer);
    }

    [Fact]
    public void Parameters_have_the_names_and_shapes_of_PyTorch()
    {
        var s = new Surface();
        s.Apply("Conv2d", s.Float("N, 4, 8, 8"), true, ("outChannels", 6), ("kernelSize", 3), ("groups", 2));
        s.Apply("BatchNorm2d", s.Float("N, 4, 8, 8"), true);
        Assert.Equal(["layer.weight [6, 2, 3, 3]", "layer.bias [6]", "layer.weight [4]", "layer.bias [4]", "layer.running_mean [4]", "layer.running_var [4]"], s.Leaves);
        Assert.Equal([3, 3, 2, 6], s.Graph.Nodes.First(n => n.Op is ParameterLeaf).Shape.Evaluate(_ => 0));
        Assert.Equal(["layer.running_mean", "layer.running_var"], s.Graph.Updates.Select(u => u.State.Path));
    }

    [Fact]
    public void Image_sizes_may_be_symbolic()
    {
        var s = new Surface();
        var y = s.Apply("Conv2d", s.Float("N, 3, H, W"), true, ("outChannels", 6), ("kernelSize", 3), ("stride", 2), ("padding", 1));
        Assert.Equal([2, 6, 5, 4], y.Shape.Evaluate(name => name switch { "N" => 2, "H" => 9, _ => 8 }));
        var pooled = s.Call("MaxPool2d", s.Float("N, 3, H, W"), 2);
        Assert.Equal([2, 3, 4, 4], pooled.Shape.Evaluate(name => name switch { "N" => 2, "H" => 9, _ => 8 }));
    }

    [Fact]
    public void Inference_keeps_neither_randomness_nor_updates()
    {
        var s = new Surface();
        var x = s.Float("N, 4, 2, 2");
        Assert.Same(x, s.Apply("Dropout", x, false));
        s.Apply("BatchNorm2d", x, false);
        Assert.Empty(s.Graph.Updates);
    }

    /// <summary>Of values with mean 0 and variance 1; what is dropped is all the same value.</summary>
    [Fact]
    public void Alpha_dropout_keeps_mean_and_variance()
    {
        var s = new Surface();
        double[] x = [.. Enumerable.Range(0, 20000).Select(i => i % 2 == 0 ? 1.0 : -1)];
        var y = s.Evaluate(s.Apply("AlphaDropout", s.Float("20000", x), true, ("probability", 0.25))).Data;
        var values = y.Select(v => Math.Round(v, 9)).GroupBy(v => v).OrderBy(g => g.Key).ToArray();
        Assert.Equal(3, values.Length);
        Assert.InRange(values[0].Count(), 4700, 5300);
        double mean = y.Average();
        Assert.Equal(0, mean, 0.04);
        Assert.Equal(1, y.Average(v => (v - mean) * (v - mean)), 0.04);
    }

    [Fact]
    public void Dropout_drops_about_its_share_and_keeps_the_mean()
    {
        var s = new Surface();
        var y = s.Evaluate(s.Apply("Dropout", s.Float("20000", Enumerable.Repeat(1.0, 20000).ToArray()), true, ("probability", 0.25))).Data;
        Assert.All(y, v => Assert.True(v == 0 || Math.Abs(v - (4.0 / 3)) < 1e-12));
        Assert.Equal(0.25, y.Count(v => v == 0) / 20000.0, 0.01);
    }

    [Fact]
    public void Batch_norm_of_a_symbolic_batch_that_turns_out_to_be_one_keeps_finite_statistics()
    {
        var s = new Surface().Bind("N", 1);
        s.Apply("BatchNorm2d", s.Float("N, 2, 1, 1", 3, -4), true);
        Assert.All(s.Graph.Updates, u => Assert.All(s.Evaluate(u.Value).Data, v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void Labels_are_bounded_by_the_number_of_classes()
    {
        var s = new Surface();
        var loss = s.Call("CrossEntropy", s.Float("N, 10"), s.Int("N"));
        Assert.Equal((1, (Shapes.Dim)10), loss.Op.IndexBound(loss));
    }

    [Theory]
    [MemberData(nameof(SampleTheory.Names), MemberType = typeof(SampleTheory))]
    public void Kernel_calls_describe_shapes_that_fit(string name)
    {
        var @case = SampleCase.Named(name);
        @case.Gradients();
        foreach (var node in @case.Graph.Nodes.Where(n => n.Op is KernelOp))
        {
            var call = ((KernelOp)node.Op).Kernel(node);
            var members = call.Shape.ToDictionary(m => m.Member, m => m.Value.Value);
            if (call.Epilogue is { } view) Assert.Equal(node.Shape.Elements, view.Batch * view.Rows * view.Columns);
            if (call.ShapeType is not ("Conv2dShape" or "Pool2dShape")) continue;
            long Windows(string axis, string suffix, long dilation) =>
                ((members["In" + axis] + (2 * members["Padding" + suffix]) - (dilation * (members["Kernel" + axis] - 1)) - 1) / members["Stride" + suffix]) + 1;
            Assert.Equal(members["OutHeight"], Windows("Height", "Y", members.GetValueOrDefault("DilationY", 1)));
            Assert.Equal(members["OutWidth"], Windows("Width", "X", members.GetValueOrDefault("DilationX", 1)));
        }
    }
}
