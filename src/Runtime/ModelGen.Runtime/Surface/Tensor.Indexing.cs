using System.Runtime.CompilerServices;

namespace ModelGen;

public sealed partial class Tensor
{
    /// <summary>
    /// Part of the tensor: an index removes its axis (<c>x[0]</c>, <c>x[^1]</c>), a range keeps it (<c>x[1..3]</c>), <c>..</c> takes all of it; axes
    /// that are not named stay whole. The same as <see cref="Select"/> and <see cref="Slice"/>, axis by axis.
    /// </summary>
    /// <exception cref="ModelShapeException">More indices than axes, or one reaches outside its axis.</exception>
    [IndexerName("Part")]   // the default name, Item, is the method that gives a scalar's value
    public Tensor this[params TensorIndex[] indices]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(indices);
            if (indices.Length > Rank) throw new ModelShapeException(new Compiler.Shapes.ModelException(Compiler.Shapes.Rules.Index,
                $"{indices.Length} indices [{string.Join(", ", indices)}] were given, but the tensor is {Shape}, which has {Rank} axes."));
            var part = this;
            int axis = 0;
            foreach (var index in indices)
            {
                part = index.IsRange ? part.Slice(axis, Start(index), Stop(index)) : part.Select(axis, Start(index));
                if (index.IsRange) axis++;
            }
            return part;
        }
    }

    // ^1 is -1. A start of ^0 lies one past the end: no tensor has that element, and the op says so.
    static int Start(TensorIndex index) => index.Range.Start is { IsFromEnd: false, Value: var from } ? from
        : index.Range.Start.Value == 0 ? int.MaxValue : -index.Range.Start.Value;

    static int Stop(TensorIndex index) => index.Range.End is { IsFromEnd: false, Value: var to } ? to
        : index.Range.End.Value == 0 ? int.MaxValue : -index.Range.End.Value;
}
