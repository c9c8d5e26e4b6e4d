using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// The distinct kernels of a model. Kernels with the same text are emitted once, under one name, however many layers use them: the
/// output grows with what is different, not with depth.
/// </summary>
internal abstract class KernelLibrary(CancellationToken cancellation)
{
    /// <summary>Stands for the kernel's name until the text is known to be new.</summary>
    protected const string Placeholder = "\u0001";

    readonly Dictionary<string, string> nameByText = new(StringComparer.Ordinal);
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    readonly List<(string Name, string Doc, string Text)> methods = [];
    readonly Dictionary<Kernel, string> nameOf = [];

    /// <summary>The kernels in order of first use.</summary>
    public IReadOnlyList<(string Name, string Doc, string Text)> Methods => methods;

    /// <summary>Prints a kernel, adds its text unless an equal one is there, and says under which name.</summary>
    protected string Add(Kernel kernel, Action<SourceWriter> print)
    {
        cancellation.ThrowIfCancellationRequested();
        var writer = new SourceWriter();
        print(writer);
        var text = writer.ToString();
        if (!nameByText.TryGetValue(text, out var name))
        {
            name = Unique(kernel.Name);
            nameByText[text] = name;
            methods.Add((name, Doc(kernel), text.Replace(Placeholder, name)));
        }
        return nameOf[kernel] = name;
    }

    /// <summary>The method of a kernel that was added.</summary>
    public string NameOf(Kernel kernel) => nameOf[kernel];

    string Unique(string stem)
    {
        var name = stem;
        for (int i = 2; !names.Add(name); i++) name = stem + "_" + i.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>The symbols in the sizes of a kernel.</summary>
    protected static IEnumerable<string> Symbols(Kernel kernel) => (kernel switch
    {
        LoopKernel loop => LoopDims(loop),
        CallKernel call => call.Call.Shape.Select(m => m.Value).Concat(call.Epilogue is null ? [] : LoopDims(call.Epilogue))
            .Concat(call.Call.Epilogue is { } e ? [e.Batch, e.Rows, e.Columns] : []),
        CopyKernel copy => copy.Pieces.SelectMany(p => p.Sizes.Concat(p.SourceStrides).Concat(p.TargetStrides).Append(p.SourceOffset).Append(p.TargetOffset)).Concat(copy.Node.Shape),
        _ => [],
    }).SelectMany(d => d.Symbols);

    static IEnumerable<Dim> LoopDims(LoopKernel loop) =>
        loop.Space.Shape.Append(loop.Outer).Concat(loop.Operands.SelectMany(o => o.Op is SizeLeaf s ? [s.Size] : o.Shape.ToArray()));

    /// <summary>What a kernel computes, in a sentence.</summary>
    public static string Doc(Kernel kernel)
    {
        var text = new StringBuilder();
        if (kernel is CallKernel call) text.Append(call.Call.Label);
        if (kernel is LoopKernel loop) text.Append(loop.Form switch
        {
            LoopForm.Map => "Elementwise over ",
            LoopForm.Row => "Row by row over ",
            _ => "Sums down the rows of ",
        }).Append(loop.Space.Shape);
        if (kernel is CopyKernel copy) text.Append("Copy to ").Append(copy.Node.Shape);
        var steps = (kernel is CallKernel c ? c.Epilogue?.Body : (kernel as LoopKernel)?.Body)?.Select(n => n.Origin ?? n.Op.Name).ToArray() ?? [];
        if (steps.Length > 0) text.Append(kernel is CallKernel ? ", then " : ": ").Append(string.Join(", ", Collapse(steps)));
        if (kernel is CallKernel { Pooled: not null }) text.Append(", then the largest of each 2 x 2");
        if (kernel is CallKernel { Updated: not null }) text.Append(", into the weights");
        return text.Append('.').ToString();
    }

    static IEnumerable<string> Collapse(IEnumerable<string> steps)
    {
        string? last = null;
        foreach (var step in steps)
        {
            if (step != last) yield return step;
            last = step;
        }
    }
}
