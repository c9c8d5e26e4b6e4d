namespace ModelGen.Benchmarks.Models;

/// <summary>ResNet-18 (He et al., "Deep Residual Learning for Image Recognition", 2016) for images of 224 x 224.</summary>
[Model]
internal sealed partial class ResNet18
{
    readonly Conv2d stem = new(64, kernelSize: 7, stride: 2, padding: 3) { Bias = false };
    readonly BatchNorm2d norm = new();
    readonly BasicBlock[] blocks =
    [
        new(64, 1, false), new(64, 1, false),
        new(128, 2, true), new(128, 1, false),
        new(256, 2, true), new(256, 1, false),
        new(512, 2, true), new(512, 1, false),
    ];
    readonly Linear output = new(1000);

    public Tensor Forward([Shape("N", 3, 224, 224)] Tensor image)
    {
        var x = image.Apply(stem).Apply(norm).Relu().MaxPool2d(3, stride: 2, padding: 1);
        foreach (var block in blocks) x = x.Apply(block);
        return x.GlobalAvgPool2d().Flatten().Apply(output);
    }
}

/// <summary>Two convolutions beside a shortcut, which is projected where the shape changes.</summary>
[Layer]
internal sealed partial class BasicBlock(int width, int stride, bool project) : ILayer
{
    readonly Conv2d conv1 = new(width, kernelSize: 3, stride: stride, padding: 1) { Bias = false };
    readonly Conv2d conv2 = new(width, kernelSize: 3, padding: 1) { Bias = false };
    readonly BatchNorm2d norm1 = new(), norm2 = new();
    readonly Conv2d? shortcut = project ? new(width, kernelSize: 1, stride: stride) { Bias = false } : null;
    readonly BatchNorm2d? shortcutNorm = project ? new() : null;

    public Tensor Forward(Tensor x)
    {
        var y = x.Apply(conv1).Apply(norm1).Relu().Apply(conv2).Apply(norm2);
        if (shortcut is not null && shortcutNorm is not null) x = x.Apply(shortcut).Apply(shortcutNorm);
        return (x + y).Relu();
    }
}
