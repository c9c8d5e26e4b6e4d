namespace ModelGen.Compiler.Ir;

/// <summary>
/// A call of a runtime kernel: <c>Method&lt;V, T, ...&gt;(team, new ShapeType { ... }, inputs..., output, epilogue)</c>.
/// Strides, sizes and counts are in elements.
/// </summary>
internal sealed class KernelCall
{
    /// <summary>For example <c>Conv2d.Forward</c>, in the runtime's namespace ModelGen.Execution.</summary>
    public required string Method { get; init; }

    /// <summary>What it computes, for names and summaries: <c>Conv2d 3x3 16→32</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The runtime's shape struct and its members in order.</summary>
    public required string ShapeType { get; init; }
    public required IReadOnlyList<(string Member, Dim Value)> Shape { get; init; }

    /// <summary>Literal arguments after the shape: <c>countIncludePadding: true</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Which input is each argument of the method; null for one that is not given. By default all inputs, in their order.</summary>
    public IReadOnlyList<int?>? Operands { get; init; }

    /// <summary>For a kernel that draws random numbers: its stream. The kernel also gets the model's seed and the training step.</summary>
    public ulong? RandomStream { get; init; }

    /// <summary>
    /// The result seen as [batch, rows, columns] for a fused epilogue; null when the kernel takes none.
    /// </summary>
    public (Dim Batch, Dim Rows, Dim Columns)? Epilogue { get; init; }

    /// <summary>True when the members of the shape struct are <c>int</c>, not <c>nint</c>.</summary>
    public bool IntMembers { get; init; }

    /// <summary>
    /// The runtime method of the same shape and inputs that updates weights with the result instead of storing it; null when there is none.
    /// </summary>
    public string? Update { get; init; }

    /// <summary>Multiply-adds of one call.</summary>
    public Dim MultiplyAdds { get; init; } = Dim.Zero;
}
