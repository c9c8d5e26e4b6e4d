namespace ModelGen.Compiler.Scheduling;

/// <summary>One unit of work between two barriers: what is computed together.</summary>
internal abstract class Kernel
{
    /// <summary>Says what it fuses: <c>MatMulAddRelu</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Nodes read from memory, views resolved.</summary>
    public required IReadOnlyList<Node> Reads { get; init; }

    /// <summary>Nodes written to memory.</summary>
    public required IReadOnlyList<Node> Writes { get; init; }

    /// <summary>One step of the user's network that this kernel serves, for comments; may be empty.</summary>
    public string Label { get; init; } = "";
}

/// <summary>The shape of a fused loop.</summary>
internal enum LoopForm
{
    /// <summary>Every element on its own.</summary>
    Map,

    /// <summary>Per row: reductions along the columns, and elementwise work with their results, in as few passes as the data flow allows.</summary>
    Row,

    /// <summary>Reductions down the rows: one result per column.</summary>
    Column,
}

/// <summary>A fused loop over rows x columns.</summary>
internal sealed class LoopKernel : Kernel
{
    public required LoopForm Form { get; init; }

    public required LoopSpace Space { get; init; }

    /// <summary>Column form: how many groups of rows have their own result (1 when everything is reduced to one row).</summary>
    public Dim Outer { get; init; } = Dim.One;

    /// <summary>The nodes computed, in order. For each, its inputs are earlier body nodes or operands.</summary>
    public required IReadOnlyList<Node> Body { get; init; }

    /// <summary>The body nodes that are kept in memory.</summary>
    public required IReadOnlyList<Node> Stores { get; init; }

    /// <summary>The kernel's operands: nodes used by the body but not computed by it, as they are used (before views are resolved).</summary>
    public required IReadOnlyList<Node> Operands { get; init; }

    /// <summary>How the loop reaches an operand.</summary>
    public Access AccessTo(Node operand)
    {
        var consumer = Body.First(n => n.Inputs.Contains(operand));
        if (operand.Shape.Elements.IsOne) return new Access(false, []);
        if (IsRowValue(consumer) && consumer.Op is not ReductionOp && operand.Shape.Elements == Space.Rows) return OnePerRow;
        var full = consumer.Op is ReductionOp ? consumer.Inputs[0].Shape : consumer.Shape;
        // In an epilogue, views of the same elements may have other axes.
        var space = full == Space.Shape || full.Elements != Space.Shape.Elements ? Space : Space.Reshaped(full);
        return space.TryAccess(operand.Shape) ?? throw new InvalidOperationException($"{Name} cannot reach {operand} in {Space}.");
    }

    /// <summary>How the loop reaches the place of a result.</summary>
    public Access AccessToResult(Node node) => IsRowValue(node) ? OnePerRow : Space.TryAccess(Space.Shape)!;

    /// <summary>True for a body node with one element per row instead of one per column.</summary>
    public bool IsRowValue(Node node) => Form == LoopForm.Row && node.Shape != Space.Shape;

    /// <summary>Scalars that a loop over more than one element computes once.</summary>
    public bool IsScalarValue(Node node) => Form != LoopForm.Row && node.Shape.Elements.IsOne && !Space.Shape.Elements.IsOne && node.Op is not ReductionOp;

    Access OnePerRow => new(false, Space.Rows.IsOne ? [] : [new RowTerm(Dim.One, null, Dim.One)]);
}

/// <summary>A call of a runtime kernel, with the elementwise work that is done on its result while that is still in cache.</summary>
internal sealed class CallKernel : Kernel
{
    public required Node Node { get; init; }
    public required KernelCall Call { get; init; }

    /// <summary>Null when the result is used as it is.</summary>
    public LoopKernel? Epilogue { get; init; }

    /// <summary>Where the raw result goes: the node itself, or an output of the epilogue that overwrites it in place.</summary>
    public required Node Target { get; init; }

    /// <summary>The weights that the kernel updates with the gradient it makes, which then has no place in memory; or null.</summary>
    public Node? Updated { get; private init; }

    /// <summary>The pooling that follows a convolution block by block, so that the result of the convolution itself is never in memory as a whole; or null.</summary>
    public CallKernel? Pooling { get; private init; }

    /// <summary>The same convolution, pooled by the kernel that follows.</summary>
    public CallKernel WithPooling(CallKernel pool) => new()
    {
        Name = Name + pool.Name, Node = Node, Call = Call.As("Conv2d.ForwardPooled"), Epilogue = Epilogue, Target = Target, Pooling = pool,
        Reads = [.. Reads.Concat(pool.Reads).Where(n => !Writes.Contains(n)).Distinct()], Writes = [.. Writes, .. pool.Writes], Label = Label,
    };

    /// <summary>The same kernel, updating weights.</summary>
    public CallKernel WithUpdateOf(Node weight) => new()
    {
        Name = Name + "Update", Node = Node, Call = Call, Target = Target, Updated = weight, Reads = Reads, Writes = Writes, Label = Label,
    };
}

/// <summary>Moves elements: permute, slice, pad and concat.</summary>
internal sealed class CopyKernel : Kernel
{
    public required Node Node { get; init; }

    /// <summary>True when the pieces do not cover the result: it is zeroed first.</summary>
    public bool Clear { get; init; }

    public required IReadOnlyList<MovementOp.Piece> Pieces { get; init; }
}

