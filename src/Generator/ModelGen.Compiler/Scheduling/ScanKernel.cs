namespace ModelGen.Compiler.Scheduling;

/// <summary>A loop of the program: the kernels of its body run once for each step.</summary>
internal sealed class ScanKernel : Kernel
{
    public required Node Node { get; init; }

    /// <summary>The kernels of one step.</summary>
    public required Schedule Body { get; init; }

    public Scan Scan => (Scan)Node.Op;
    public Dim Steps => Scan.Steps(Types);
    public IReadOnlyList<TensorType> Types => Node.Inputs.Select(i => i.Type).ToArray();
}
