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

    readonly Dictionary<string, string> nameByIdentity = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> nameByText = new(StringComparer.Ordinal);
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    readonly List<(string Name, string Doc, string Text)> methods = [];
    readonly Dictionary<Kernel, string> nameOf = [];

    /// <summary>The kernels in order of first use.</summary>
    public IReadOnlyList<(string Name, string Doc, string Text)> Methods => methods;

    /// <summary>Adds a kernel, unless an equal one is there, and says under which name.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="variant">What its text depends on besides.</param>
    /// <param name="print">Prints it.</param>
    protected string Add(Kernel kernel, string variant, Action<SourceWriter> print)
    {
        cancellation.ThrowIfCancellationRequested();
        var identity = variant + KernelIdentity.Of(kernel);
        if (nameByIdentity.TryGetValue(identity, out var name))
        {
            Verify(kernel, name, print);
            return nameOf[kernel] = name;
        }
        var text = Printed(print);
        if (!nameByText.TryGetValue(text, out name))
        {
            name = Unique(kernel.Name);
            nameByText[text] = name;
            methods.Add((name, Doc(kernel), text.Replace(Placeholder, name)));
        }
        return nameOf[kernel] = nameByIdentity[identity] = name;
    }

    // Where tests run: equal identities have equal texts.
    [System.Diagnostics.Conditional("DEBUG")]
    void Verify(Kernel kernel, string name, Action<SourceWriter> print)
    {
        if (nameByText[Printed(print)] != name) throw new InvalidOperationException($"{kernel.Name} has the identity of {name} and another text.");
    }

    static string Printed(Action<SourceWriter> print)
    {
        var writer = new SourceWriter();
        print(writer);
        return writer.ToString();
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
        CallKernel call => CallDims(call).Concat(call.Pooling is null ? [] : CallDims(call.Pooling)),
        CopyKernel copy => copy.Pieces.SelectMany(p => p.Sizes.Concat(p.SourceStrides).Concat(p.TargetStrides).Append(p.SourceOffset).Append(p.TargetOffset)).Concat(copy.Node.Shape),
        _ => [],
    }).SelectMany(d => d.Symbols);

    static IEnumerable<Dim> CallDims(CallKernel call) => call.Call.Shape.Select(m => m.Value).Concat(call.Epilogue is null ? [] : LoopDims(call.Epilogue))
        .Concat(call.Call.Epilogue is { } e ? [e.Batch, e.Rows, e.Columns] : []);

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
        AppendSteps(kernel is CallKernel c ? c.Epilogue : kernel as LoopKernel);
        if (kernel is CallKernel { Pooling: { } pooling })
        {
            text.Append(", then the largest of each 2 x 2");
            AppendSteps(pooling.Epilogue);
        }
        if (kernel is CallKernel { Updated: not null }) text.Append(", into the weights");
        return text.Append('.').ToString();

        void AppendSteps(LoopKernel? loop)
        {
            var steps = loop?.Body.Select(n => n.Origin ?? n.Op.Name).ToArray() ?? [];
            if (steps.Length > 0) text.Append(kernel is CallKernel ? ", then " : ": ").Append(string.Join(", ", Collapse(steps)));
        }
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
