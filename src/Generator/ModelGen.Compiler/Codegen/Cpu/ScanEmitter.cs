using ModelGen.Compiler.Memory;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// Prints a scan as a loop of the program: where the values of one step lie, the calls of its kernels, and a barrier before the next step. Every thread runs the loop.
/// </summary>
/// <param name="kernel">The loop.</param>
/// <param name="memory">The places of one step's values, and of the loop's own memory.</param>
/// <param name="names">The variables of the program; gets those of the body.</param>
/// <param name="index">The name of the loop variable.</param>
internal sealed class ScanEmitter(ScanKernel kernel, MemoryPlan memory, Dictionary<Node, string> names, string index)
{
    readonly Scan scan = kernel.Scan;
    readonly IReadOnlyList<TensorType> types = kernel.Types;
    readonly string all = names[kernel.Node];

    /// <param name="w">The program.</param>
    /// <param name="type">The C# element type.</param>
    /// <param name="workspace">Where the loop's own memory begins.</param>
    /// <param name="body">Prints the calls of one step.</param>
    public void Emit(SourceWriter w, string type, string workspace, Action body)
    {
        string steps = Factor(kernel.Steps);
        w.Line();
        w.Line($"// {kernel.Steps} steps{(scan.Reverse ? ", the last one first" : "")}");
        for (int c = 0; c < scan.Carries; c++)
        {
            var row = types[scan.Sequences + c].Shape.Elements;
            string first = scan.Keep ? scan.Reverse ? steps : "0" : $"({steps} & 1)";
            w.Line($"StridedCopy.Copy<{type}>(team, [{row.ToCode()}], [1], [1], {names[Views.Root(kernel.Node.Inputs[scan.Sequences + c])]}, {Row(c, first, row)});");
        }
        if (scan.Carries > 0) w.Line("team.Barrier();");
        string header = scan.Reverse ? $"for (nint {index} = {steps} - 1; {index} >= 0; {index}--)" : $"for (nint {index} = 0; {index} < {steps}; {index}++)";
        using (w.Block(header))
        {
            Values(w, type, workspace);
            body();
            w.Line("team.Barrier();");
        }
        w.Line();
    }

    void Values(SourceWriter w, string type, string workspace)
    {
        var used = new HashSet<Node>(kernel.Body.Kernels.SelectMany(k => k.Reads.Concat(k.Writes)));
        foreach (var node in used)
        {
            string? place = node.Op is ScanLeaf leaf ? Given(leaf.Index) : memory[node] switch
            {
                { Kind: StorageKind.Step } output => Output(int.Parse(output.Name, System.Globalization.CultureInfo.InvariantCulture)),
                var own => own.Offset.IsZero ? workspace : $"{workspace} + {own.Offset.ToCode()}",
            };
            // What is the same in every step has its variable already.
            if (place is not null) w.Line($"{node.Stored.CSharp()}* {names[node]} = {(node.Stored.CSharp() == type ? place : $"({node.Stored.CSharp()}*)({place})")};   // {node.Shape}");
        }
    }

    string? Given(int input)
    {
        if (input >= scan.Sequences + scan.Carries) return null;
        if (input < scan.Sequences) return At(names[Views.Root(kernel.Node.Inputs[input])], index, types[input].Shape.Product(1, types[input].Shape.Rank));
        int carry = input - scan.Sequences;
        // Two rows take turns so that the last value ends up in row 0.
        string row = scan.Keep ? scan.Reverse ? $"({index} + 1)" : index : scan.Reverse ? $"(({index} + 1) & 1)" : $"(({Factor(kernel.Steps)} - {index}) & 1)";
        return Row(carry, row, types[input].Shape.Elements);
    }

    string Output(int output)
    {
        var row = scan.Body.Outputs[output].Value.Shape.Elements;
        if (output >= scan.Carries) return Row(output, index, row);
        return Row(output, scan.Keep ? scan.Reverse ? index : $"({index} + 1)" : scan.Reverse ? $"({index} & 1)" : $"(({Factor(kernel.Steps)} - {index} - 1) & 1)", row);
    }

    string Row(int output, string row, Dim elements) => At(Offset(all, scan.Block(types, output)), row, elements);

    static string At(string pointer, string row, Dim elements) => $"{pointer} + {row} * {Factor(elements)}";

    static string Offset(string pointer, Dim offset) => offset.IsZero ? pointer : $"{pointer} + {offset.ToCode()}";

    static string Factor(Dim dim) => dim.IsConstant || !dim.ToCode().Contains(' ') ? dim.ToCode() : "(" + dim.ToCode() + ")";
}
