namespace ModelGen.Execution;

/// <summary>Which tensors of a file belong to which of a model: every name on both sides, every shape, before anything is read.</summary>
internal static class ModelFile
{
    /// <summary>The file's entries in the order of the layout.</summary>
    /// <exception cref="SafetensorsException">Names, shapes or element types do not fit; the message lists what.</exception>
    public static SafetensorsEntry[] Match(string path, IReadOnlyList<SafetensorsEntry> entries, ModelLayout layout, Precision precision)
    {
        var byName = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        var problems = new List<string>();
        var matched = new SafetensorsEntry[layout.Parameters.Length];
        for (int i = 0; i < matched.Length; i++)
        {
            var parameter = layout.Parameters[i];
            if (!byName.Remove(parameter.Name, out var entry))
                problems.Add($"tensor '{parameter.Name}' {parameter.ShapeText} is missing");
            else if (!entry.Shape.SequenceEqual(parameter.Shape.Select(s => (long)s)))
                problems.Add($"tensor '{parameter.Name}' is {parameter.ShapeText} in the model, but {entry.ShapeText} in the file");
            else if (entry.DType is not ("F32" or "F64"))
                problems.Add($"tensor '{parameter.Name}' has the element type {entry.DType}; only F32 and F64 can be loaded");
            else if (entry.DType == "F64" && precision == Precision.Float32)
                problems.Add($"tensor '{parameter.Name}' is F64, but the model is float32 and would round it; convert the file to F32, or use [Model(Precision = Precision.Float64)]");
            else
                matched[i] = entry;
        }
        // PyTorch counts the batches of every batch norm; nothing here uses the count.
        foreach (var extra in byName.Values.Where(e => !e.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)))
            problems.Add($"tensor '{extra.Name}' {extra.ShapeText} is not in the model");
        if (problems.Count == 0) return matched;
        const int shown = 5;
        string more = problems.Count > shown ? $"; and {problems.Count - shown} more" : "";
        throw new SafetensorsException(path, $"the file does not fit {layout.ModelName}: {string.Join("; ", problems.Take(shown))}{more}. The model was not changed.");
    }
}
