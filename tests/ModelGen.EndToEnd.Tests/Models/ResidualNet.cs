namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A block of a transformer without its attention.</summary>
[Layer]
internal partial class Block(int width, int factor) : ILayer
{
    readonly LayerNorm norm = new();
    readonly Linear up = new(factor * width), down = new(width);

    public Tensor Forward(Tensor x) => x + x.Apply(norm).Apply(up).Gelu().Apply(down);
}

/// <summary>A stack of equal blocks on a residual stream.</summary>
[Model]
internal partial class ResidualNet
{
    readonly Linear embed = new(16);
    readonly Block[] blocks = [new(16, 2), new(16, 2), new(16, 2)];
    readonly LayerNorm norm = new();
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 64)] Tensor image)
    {
        var x = image.Apply(embed);
        foreach (var block in blocks) x = x.Apply(block);
        return x.Apply(norm).Apply(output);
    }

    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
