namespace ModelGen;

/// <summary>Something with parameters that maps a tensor to a tensor: a built-in layer, or a class marked <c>[Layer]</c>.</summary>
public interface ILayer
{
    /// <summary>The layer applied to <paramref name="x"/>.</summary>
    Tensor Forward(Tensor x);
}
