using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// Prints a matrix product of a few rows and columns as loops of its own, whose sizes are constants: the runtime's kernel would take longer to divide such a
/// product into blocks than to compute it. Sums run in the same order, so the bits are the same.
/// </summary>
internal sealed class SmallProductEmitter(CallKernel kernel, KernelSignature signature, string name)
{
    // Eight chains of multiply-adds hide their latency, and leave registers for the rest.
    const int TileRows = 8;

    // Of the matrix that stays while the other one passes by: 4 KB of floats.
    const long LargestMatrix = 1024;

    // Weights with more columns have rows enough for the panels of the runtime's kernel.
    const long MostColumns = 32;

    readonly string type = kernel.Node.DType.CSharp();

    // Names of the inside of one block; the transposed weights are outside of it.
    Identifiers Locals(params string[] taken) => Dialect.Scalar(kernel.Node.DType).Names(signature.Symbols.Concat(signature.Order.Select(signature.Pointer)).Concat(taken));

    Dim Size(string member) => Size(kernel, member);

    static Dim Size(CallKernel kernel, string member) => kernel.Call.Shape.First(m => m.Member == member).Value;

    /// <summary>Whether the product is one of those: a dense layer of a small network, or its gradients.</summary>
    public static bool Fits(CallKernel kernel)
    {
        if (kernel.Call.Method != "MatMul.Run" || kernel.Node.Inputs.Any(i => Views.Root(i).Stored.IsNarrow()) || kernel.Updated is not null || !Size(kernel, "Batch").IsOne) return false;
        Dim m = Size(kernel, "M"), n = Size(kernel, "N"), k = Size(kernel, "K");
        if (!n.IsConstant || n.Value is < 2 or > MostColumns || !Size(kernel, "ARow").IsConstant || !Size(kernel, "AColumn").IsConstant) return false;
        // The weights stay, or the gradient of the weights does.
        bool isGradient = Size(kernel, "ARow").IsOne && !k.IsConstant;
        return isGradient ? m.IsConstant && m.Value * n.Value <= LargestMatrix && Size(kernel, "BColumn").IsOne : k.IsConstant && k.Value * n.Value <= LargestMatrix;
    }

    public void Emit(SourceWriter w)
    {
        string left = signature.Pointer(Views.Root(kernel.Node.Inputs[0])), right = signature.Pointer(Views.Root(kernel.Node.Inputs[1]));
        Dim rows = Size("M"), columns = Size("N"), depth = Size("K");
        var epilogue = kernel.Epilogue is { } loop
            ? new LoopEmitter(loop, signature.Only(loop.Operands.Select(Views.Root).Concat(loop.Stores).Append(kernel.Target)), name).RowSegment(name + "Rows")
            : default;
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {LoopEmitter.Generics(type)}"))
        {
            if (!Size("BColumn").IsOne)
            {
                string transposed = Locals().Unique("transposed");
                w.Line($"{type}* {transposed} = ({type}*)team.Scratch({depth.ToCode()} * {columns.ToCode()} * sizeof({type}));");
                w.Line($"Transposition.Run({right}, {Size("BColumn").ToCode()}, {transposed}, {columns.ToCode()}, {columns.ToCode()}, {depth.ToCode()});");
                right = transposed;
            }
            w.Line($"team.Range({rows.ToCode()}, {TileRows}, out nint from, out nint to);");
            w.Line("nint row = from;");
            if (!rows.IsConstant || rows.Value >= TileRows)
                using (w.Block($"for (; row <= to - {TileRows}; row += {TileRows})")) Tile(TileRows);
            if (!rows.IsConstant)
                using (w.Block("for (; row < to; row++)")) Tile(1);
            else if (rows.Value % TileRows is > 0 and var rest)
                using (w.Block("if (row < to)")) Tile((int)rest);
        }
        if (epilogue.Text is null) return;
        w.Line();
        w.Line(epilogue.Text);

        void Tile(int height)
        {
            using (w.Block($"for (nint c = 0; c < {columns.ToCode()}; c += V.Count)")) Sums(w, left, right, height);
            if (epilogue.Text is not null)
                w.Line($"{name}Rows<V>(row, row + {height}, 0, {columns.ToCode()}, {epilogue.Signature.Arguments});");
        }
    }

    void Sums(SourceWriter w, string left, string right, int height)
    {
        // Vectors have 1 to 16 lanes.
        bool partial = Size("N").Value % 16 != 0;
        var names = Locals(right);
        string a = names.Unique("a"), b = names.Unique("b"), k = names.Unique("k"), y = names.Unique("result"), weights = names.Unique("w");
        var sums = Enumerable.Range(0, height).Select(i => names.Unique("sum" + Number(i))).ToArray();
        string width = Size("N").ToCode(), lanes = $"{width} - c";
        w.Line($"{type}* {a} = {left} + {Times("row", Size("ARow"))}, {b} = {right} + c;");
        w.Line($"V {string.Join(", ", sums.Select(s => s + " = V.Zero"))};");
        using (w.Block($"for (nint {k} = 0; {k} < {LoopNames.Factor(Size("K"))}; {k}++, {a} += {Size("AColumn").ToCode()}, {b} += {width})"))
        {
            w.Line(partial ? $"V {weights} = V.LoadPartial({b}, {lanes});" : $"V {weights} = V.Load({b});");
            for (int i = 0; i < height; i++) w.Line($"{sums[i]} = V.MultiplyAdd(V.Create({a}[{Number(i * Size("ARow").Value)}]), {weights}, {sums[i]});");
        }
        w.Line($"{type}* {y} = {signature.Pointer(kernel.Target)} + {Times("row", Size("N"))} + c;");
        for (int i = 0; i < height; i++)
        {
            var place = i == 0 ? y : $"{y} + {Number(i * Size("N").Value)}";
            w.Line(partial ? $"{sums[i]}.StorePartial({place}, {lanes});" : $"{sums[i]}.Store({place});");
        }
    }

    static string Times(string index, Dim factor) => factor.IsOne ? index : $"{index} * {factor.ToCode()}";

    static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
