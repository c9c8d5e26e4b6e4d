namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A block with wide activations inside.</summary>
[Layer]
internal partial class WideBlock(int width) : ILayer
{
    readonly LayerNorm norm = new();
    readonly Linear up = new(4 * width), down = new(width);
    readonly Dropout drop = new(0.2f);

    public Tensor Forward(Tensor x) => x + x.Apply(norm).Apply(up).Gelu().Apply(drop).Apply(down);
}

/// <summary>Four blocks that keep their activations.</summary>
[Model]
internal partial class KeepingNet
{
    readonly WideBlock[] blocks = [new(16), new(16), new(16), new(16)];
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 16)] Tensor x)
    {
        foreach (var block in blocks) x = x.Apply(block);
        return x.Apply(output);
    }

    public Tensor Loss([Shape("N", 16)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>The same blocks, whose activations are computed again.</summary>
[Model]
internal partial class RecomputingNet
{
    [Layer(Recompute = true)]
    readonly WideBlock[] blocks = [new(16), new(16), new(16), new(16)];
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 16)] Tensor x)
    {
        foreach (var block in blocks) x = x.Apply(block);
        return x.Apply(output);
    }

    public Tensor Loss([Shape("N", 16)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}
