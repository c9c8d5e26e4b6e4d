using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Surface;

namespace ModelGen;

/// <summary>
/// How an eager tensor was made: what <see cref="Tensor.Gradient(Tensor, Tensor)"/> differentiates. It is a call and its arguments, nothing more; a
/// derivative builds the nodes of those calls again, in one graph, and differentiates that as the compiler does.
/// </summary>
internal abstract class Origin
{
    /// <summary>The tensors that the call was given.</summary>
    public abstract IEnumerable<Tensor> Inputs { get; }

    /// <summary>The call's nodes once more, on the nodes of its inputs.</summary>
    public abstract Node Replay(Eager eager);
}

/// <summary>A result of a method or an operator of <see cref="Tensor"/>, with the random numbers that it drew.</summary>
internal sealed class MethodOrigin(TensorMethod method, object?[] arguments, EagerMode.Scope source, int draws, int part) : Origin
{
    public override IEnumerable<Tensor> Inputs
    {
        get
        {
            foreach (object? argument in arguments)
            {
                if (argument is Tensor x) yield return x;
                if (argument is not Tensor[] list) continue;
                foreach (var item in list) yield return item;
            }
        }
    }

    public override Node Replay(Eager eager) => eager.Build(method, arguments, source, draws)[part];
}

/// <summary>One result of an application of a layer, with the weights that it had.</summary>
internal sealed class LayerOrigin(LayerApplication layer, IReadOnlyDictionary<string, NdArray> weights, int part) : Origin
{
    public override IEnumerable<Tensor> Inputs => layer.Inputs.OfType<Tensor>();

    public override Node Replay(Eager eager) => eager.Build(layer, weights)[part];
}

/// <summary>A derivative, which can be differentiated again.</summary>
internal sealed class DerivativeOrigin(string method, Tensor y, Tensor x, Tensor? v) : Origin
{
    public override IEnumerable<Tensor> Inputs => v is null ? [y, x] : [y, x, v];

    public override Node Replay(Eager eager) => Derivatives.Of(method, eager.Node(y), eager.Node(x), v is null ? null : eager.Node(v));
}

/// <summary>A value with gradients of the user's own.</summary>
internal sealed class CustomOrigin(Tensor y, Tensor[] x, Func<Tensor, Tensor[]> backward) : Origin
{
    public override IEnumerable<Tensor> Inputs => [y, .. x];

    public override Node Replay(Eager eager) => eager.CustomGradient(y, x, backward);
}
