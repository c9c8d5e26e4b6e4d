namespace ModelGen.Compiler.Layers;

/// <summary>y = x: the layer that does nothing, where one must stand.</summary>
internal sealed class Identity : LayerDefinition
{
    public static readonly Identity Definition = new() { PyTorch = "torch.nn.Identity" };

    public override string Name => "Identity";

    public override string Summary => "Gives its input back: for a place where a layer must stand and nothing is to happen.";

    public override Node Forward(LayerCall layer) => layer.X;

    public override IReadOnlyList<Sample> Samples => [new([4, 3])];
}
