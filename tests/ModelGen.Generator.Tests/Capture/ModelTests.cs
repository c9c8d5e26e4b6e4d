using ModelGen.Compiler.Ir;

namespace ModelGen.Generator.Tests.Capture;

/// <summary>Whole models, as users write them.</summary>
public class ModelTests
{
    public const string DigitNet = """
        namespace Digits;

        [Model]
        public partial class DigitNet
        {
            readonly Conv2d conv1 = new(16, kernelSize: 3, padding: 1);
            readonly Conv2d conv2 = new(32, kernelSize: 3, padding: 1);
            readonly Linear hidden = new(64);
            readonly Linear output = new(10);

            public Tensor Forward([Shape("N", 1, 8, 8)] Tensor image)
            {
                var x = image.Apply(conv1).Relu().MaxPool2d(2);
                x = x.Apply(conv2).Relu().MaxPool2d(2);
                return x.Flatten().Apply(hidden).Relu().Apply(output);
            }

            public Tensor Loss([Shape("N", 1, 8, 8)] Tensor image, [Shape("N")] IntTensor label) =>
                Forward(image).CrossEntropy(label);
        }
        """;

    [Fact]
    public void A_convolutional_net_is_captured()
    {
        var spec = Captured.Spec(DigitNet);
        Assert.Equal(("Digits", "DigitNet", "public", DType.Float32), (spec.Namespace, spec.Name, spec.Accessibility, spec.Precision));
        Assert.Equal(["conv1", "conv2", "hidden", "output"], spec.Layers.Select(l => l.Path));
        Assert.Equal(["conv1", "conv2", "hidden", "output"], spec.Members.Select(m => m.Name));
        Assert.Equal(["Forward", "Loss"], spec.Functions.Select(f => f.Name));
        Assert.Equal(
            "%0=in0; %1=conv1(%0); %2=Relu(%1); %3=MaxPool2d(%2, 2, null, 0); %4=conv2(%3); %5=Relu(%4); %6=MaxPool2d(%5, 2, null, 0); %7=Flatten(%6, 1); %8=hidden(%7); %9=Relu(%8); %10=output(%9) -> %10",
            Captured.Text(spec.Functions[0]));
        Assert.EndsWith("%12=CrossEntropy(%11, %1) -> %12", Captured.Text(spec.Functions[1]), StringComparison.Ordinal);
        var conv = spec.Layers[0];
        Assert.Equal("outChannels=16, kernelSize=3, padding=1", string.Join(", ", conv.Arguments.Select(a => $"{a.Name}={a.Sizes[0]}")));
        Assert.Equal("x", spec.Functions[0].Nodes[3].Name);
    }
}
