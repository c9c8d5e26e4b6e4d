using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y = x, integers that must be in 0..bound-1 or the ignored one; the program ends with an exception when one is not.</summary>
internal sealed class CheckedIndex(Dim bound, int? ignored) : KernelOp
{
    public Dim Bound { get; } = bound;
    public override string Name => "checked_index";
    public override string Attributes => $"{Bound}{(ignored is int index ? " ignored=" + index.ToString(CultureInfo.InvariantCulture) : "")}";

    public static Node Of(Node x, Dim bound, int? ignored) => x.Graph.Add(new CheckedIndex(bound, ignored), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    // Integers: nothing flows.
    public override void Backward(Vjp vjp) { }

    public override Dim? IndexLimit(Node y) => ignored is null ? Bound : null;

    public override TimeAxis? Follow(TimeFlow flow) => flow.X;

    public override NdArray Reference(ReferenceCall call)
    {
        long limit = call.Size(Bound);
        foreach (double index in call[0].Data)
            if ((index < 0 || index >= limit) && index != ignored) throw new InvalidOperationException($"An index that the model computes is {index}; allowed are 0 to {limit - 1}.");
        return call[0];
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "Integers.Check",
        Label = "CheckedIndex",
        ShapeType = "IndexRangeShape",
        Shape = [("Count", y.Shape.Elements), ("Bound", Bound)],
        Options = [ignored is int index ? index.ToString(CultureInfo.InvariantCulture) : "null"],
    };
}
