using System.Globalization;
using System.Text;

namespace ModelGen.Execution;

/// <summary>Renders a <see cref="ModelDescription"/> as aligned text.</summary>
internal static class SummaryText
{
    public static string Of(ModelDescription model, int batch)
    {
        if (batch < 1) throw new ArgumentOutOfRangeException(nameof(batch), batch, "The batch size must be at least 1.");
        var text = new StringBuilder();
        SizeFormula At(SizeFormula size) => model.BatchSymbol.Length == 0 ? size : size.With(model.BatchSymbol, batch);
        string with = model.BatchSymbol.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {model.BatchSymbol} = {batch}");
        text.Append(CultureInfo.InvariantCulture, $"{model.Name} ({(model.Precision == Precision.Float64 ? "float64" : "float32")}{Storage(model)}{with})\n");
        text.Append(CultureInfo.InvariantCulture, $"  {Tensors(model.Inputs)} -> {Tensors(model.Outputs)}\n\n");

        Table(text, ["layer", "kind", "output", "parameters", "multiply-adds"], leftColumns: 3, [
            .. model.Layers.Select(l => new[] { l.Path, l.Kind, l.OutputShape, Number(l.Parameters), At(l.MultiplyAdds).ToString() }),
            ["total", "", "", Number(model.Layers.Sum(l => l.Parameters)), At(model.MultiplyAdds).ToString()],
        ]);

        int size = model.Precision == Precision.Float64 ? 8 : 4;
        long elements = model.TrainableParameters + model.FrozenParameters + model.StateElements;
        text.Append(CultureInfo.InvariantCulture, $"\nparameters: {Number(model.TrainableParameters)} trained");
        if (model.FrozenParameters > 0) text.Append(CultureInfo.InvariantCulture, $", {Number(model.FrozenParameters)} frozen");
        if (model.StateElements > 0) text.Append(CultureInfo.InvariantCulture, $", {Number(model.StateElements)} of state");
        text.Append(CultureInfo.InvariantCulture, $" ({Bytes(elements * size)})\n");

        foreach (var function in model.Functions)
        {
            var bytes = At(function.WorkspaceBytes);
            string memory = bytes.Value is long known ? Bytes(known) : bytes + " bytes";
            text.Append(CultureInfo.InvariantCulture,
                $"\n{function.Name}: {function.Kernels.Count} {(function.Kernels.Count == 1 ? "kernel" : "kernels")}, {At(function.MultiplyAdds)} multiply-adds, {memory} of workspace\n");
            Table(text, ["kernel", "fuses"], leftColumns: 2, [.. function.Kernels.Select(k => new[] { k.Name, k.Fuses })]);
        }
        return text.ToString();
    }

    static string Storage(ModelDescription model) => model.Storage switch
    {
        StorageFormat.BFloat16 => ", factors of products in bfloat16",
        StorageFormat.Float16 => ", factors of products in float16",
        _ => "",
    };

    static void Table(StringBuilder text, string[] heads, int leftColumns, string[][] rows)
    {
        var widths = heads.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        Row(heads);
        Row([.. widths.Select(w => new string('-', w))]);
        foreach (var row in rows) Row(row);

        void Row(string[] cells)
        {
            string line = string.Join("  ", cells.Select((c, i) => i < leftColumns ? c.PadRight(widths[i]) : c.PadLeft(widths[i])));
            text.Append("  ").Append(line.TrimEnd()).Append('\n');
        }
    }

    static string Tensors(IEnumerable<TensorDescription> tensors) => string.Join(", ", tensors.Select(t => $"{t.Name} {t.Type}{t.Shape}"));

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    static string Bytes(long bytes)
    {
        if (bytes < 1024) return bytes.ToString(CultureInfo.InvariantCulture) + " B";
        double size = bytes;
        string unit = "B";
        foreach (string next in new[] { "KiB", "MiB", "GiB", "TiB" })
        {
            if (size < 1024) break;
            (size, unit) = (size / 1024, next);
        }
        return size.ToString("0.0", CultureInfo.InvariantCulture) + " " + unit;
    }
}
