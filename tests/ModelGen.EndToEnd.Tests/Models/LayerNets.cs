namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A video, image by image, in a loop of any length.</summary>
[Model]
internal partial class VideoNet
{
    readonly ConvLstmCell cell = new(3, kernelSize: 3);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T", 2, 4, 5)] Tensor video)
    {
        Tensor h = Tensor.Zeros(video.Shape[0], 3, 4, 5), c = h;
        foreach (var image in video.Steps(1)) (h, c) = cell.Forward(image, h, c);
        return h.Mean(2, 3).Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 2, 4, 5)] Tensor video, [Shape("N")] IntTensor label) => Forward(video).CrossEntropy(label);
}

/// <summary>Weights that are made of others, and a layer that is adapted.</summary>
[Model]
internal partial class NormedNet
{
    readonly Conv1d conv = new(4, kernelSize: 3) { SpectralNorm = true };
    readonly Linear hidden = new(6) { WeightNorm = true };
    readonly LoraLinear adapted = new(5, rank: 2, alpha: 4);
    readonly Linear output = new(3) { SpectralNorm = true };

    public Tensor Forward([Shape("N", 2, 7)] Tensor x) => x.Apply(conv).Tanh().Flatten().Apply(hidden).Tanh().Apply(adapted).Tanh().Apply(output);

    public Tensor Loss([Shape("N", 2, 7)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Padded sequences of any length, in all kinds of attention; a bag of the same tokens.</summary>
[Model]
internal partial class PaddedNet
{
    readonly Embedding embed = new(5, 8);
    readonly TransformerEncoderLayer encoder = new(2, 12);
    readonly LinearAttention linear = new(2) { Causal = true, Chunk = 2 };
    readonly MultiheadAttention attention = new(2);
    readonly EmbeddingBag bag = new(5, 3, BagMode.Max) { PaddingIndex = 0 };
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T")] IntTensor token, [Shape("N")] IntTensor lengths, [Shape("N", 1, "T", "T")] Tensor bias)
    {
        var x = encoder.Forward(token.Apply(embed), lengths);
        x += linear.Forward(x, lengths);
        x += attention.Forward(x, x, x, mask: bias);
        return x.Mean(1).Apply(output) + bag.Forward(token, lengths);
    }

    public Tensor Loss([Shape("N", "T")] IntTensor token, [Shape("N")] IntTensor lengths, [Shape("N", 1, "T", "T")] Tensor bias, [Shape("N")] IntTensor label) => Forward(token, lengths, bias).CrossEntropy(label);
}

/// <summary>Volumes: convolution, norm and pooling over three axes.</summary>
[Model]
internal partial class VolumeNet
{
    readonly Conv3d conv = new(4, kernelSize: 3, padding: 1);
    readonly BatchNorm3d norm = new();
    readonly SeparableConv2d flat = new(5, kernelSize: 2);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 2, 4, 6, 6)] Tensor volume)
    {
        var x = volume.Apply(conv).Apply(norm).Relu().MaxPool3d(2);
        return x.AvgPool3d(2, stride: 1).Select(2, 0).Apply(flat).Flatten().Apply(output);
    }

    public Tensor Loss([Shape("N", 2, 4, 6, 6)] Tensor volume, [Shape("N")] IntTensor label) => Forward(volume).CrossEntropy(label);
}
