namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>The distinct kernels of a model in C#.</summary>
internal sealed class CpuKernelLibrary(DType precision, CancellationToken cancellation = default) : KernelLibrary(cancellation)
{
    readonly Dialect dialect = Dialect.Scalar(precision);

    /// <summary>Adds a kernel, with or without weights in panels, unless an equal one is there. Returns its name and how to call it.</summary>
    public KernelUse Add(Kernel kernel, bool hasPanels)
    {
        var signature = new KernelSignature(dialect, kernel.Reads, kernel.Writes, Symbols(kernel));
        var name = Add(kernel, hasPanels ? "panels " : "", w =>
        {
            switch (kernel)
            {
                case LoopKernel loop:
                    new LoopEmitter(loop, signature, Placeholder).Emit(w);
                    break;
                case CallKernel call:
                    if (call.Target != call.Node) signature.Alias(call.Node, call.Target);
                    if (call.Pooling is { } pooling && pooling.Target != pooling.Node) signature.Alias(pooling.Node, pooling.Target);
                    if (SmallProductEmitter.Fits(call)) new SmallProductEmitter(call, signature, Placeholder).Emit(w);
                    else new CallEmitter(call, signature, Placeholder, precision, hasPanels).Emit(w);
                    break;
                case CopyKernel copy:
                    new CopyEmitter(copy, signature, Placeholder, precision).Emit(w);
                    break;
            }
        });
        return new KernelUse(name, signature.Symbols, signature.Order, kernel is CallKernel { Call.RandomStream: not null }, kernel is CallKernel { Updated: not null }, hasPanels);
    }
}

/// <summary>A kernel in the library, and what to pass it.</summary>
/// <param name="Name">The method.</param>
/// <param name="Symbols">Sizes, first.</param>
/// <param name="Memory">The memory roots whose pointers follow.</param>
/// <param name="IsRandom">True when seed and step come before everything else.</param>
/// <param name="Updates">True when the update of the weights does.</param>
/// <param name="HasPanels">True when a pointer to the weights in panels comes last.</param>
internal sealed record KernelUse(string Name, IReadOnlyList<string> Symbols, IReadOnlyList<Node> Memory, bool IsRandom, bool Updates, bool HasPanels);
