using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>The keys and values of earlier positions of one attention, which a decoding session keeps: see <see cref="CachedAttention"/>.</summary>
/// <param name="index">Which attention of the model, in order.</param>
/// <param name="type">Its elements.</param>
internal sealed class CacheLeaf(int index, TensorType type) : LeafOp
{
    public int Index { get; } = index;
    public override string Name => "cache";
    public override string Attributes => $"{Index.ToString(CultureInfo.InvariantCulture)} {Type}";
    public override TensorType Type { get; } = type;
}
