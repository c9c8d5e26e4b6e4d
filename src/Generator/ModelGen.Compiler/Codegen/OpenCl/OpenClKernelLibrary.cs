using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Codegen.OpenCl;

/// <summary>The distinct fused loops of a model as one OpenCL C program: the functions they share, then one kernel each.</summary>
internal sealed class OpenClKernelLibrary(DType precision, CancellationToken cancellation = default) : KernelLibrary(cancellation)
{
    readonly Dialect dialect = Dialect.OpenCl(precision);

    /// <summary>Adds a loop unless an equal one is there. Returns its name and how to start it.</summary>
    public OpenClKernelUse Add(LoopKernel kernel)
    {
        var signature = new KernelSignature(dialect, kernel.Reads, kernel.Writes, Symbols(kernel));
        var emitter = new OpenClLoopEmitter(kernel, signature, Placeholder);
        var name = Add(kernel, "", emitter.Emit);
        return new OpenClKernelUse(Ascii(name), signature.Symbols, signature.Order, emitter.WorkSize);
    }

    /// <summary>The whole program.</summary>
    public string Source
    {
        get
        {
            var kernels = string.Join("\n", Methods.Select(m => $"// {m.Doc}\n{m.Text}"));
            var w = new SourceWriter();
            if (precision == DType.Float64) w.Line("#pragma OPENCL EXTENSION cl_khr_fp64 : enable").Line();
            GroupReduction.Emit(w, precision, kernels);
            return Ascii(w.ToString() + kernels);
        }
    }

    // C# has names in all scripts, OpenCL C in one.
    static string Ascii(string text)
    {
        if (text.All(c => c < 128)) return text;
        var ascii = new StringBuilder();
        foreach (char c in text) ascii.Append(c < 128 ? c.ToString() : "u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture));
        return ascii.ToString();
    }
}

/// <summary>A kernel of the program, and what to pass it.</summary>
/// <param name="Name">The kernel's function.</param>
/// <param name="Symbols">Sizes, first, as 32-bit integers.</param>
/// <param name="Memory">The memory roots whose buffers follow.</param>
/// <param name="WorkSize">How many work-items it needs.</param>
internal sealed record OpenClKernelUse(string Name, IReadOnlyList<string> Symbols, IReadOnlyList<Node> Memory, WorkSize WorkSize);
