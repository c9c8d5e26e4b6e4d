namespace ModelGen.Execution;

/// <summary>Which tensors of a file belong to which of a model: every name on both sides, every shape, before anything is read.</summary>
internal static class ModelFile
{
    /// <summary>The file's entries in the order of the layout.</summary>
    /// <exception cref="SafetensorsException">Names, shapes or element types do not fit; the message lists what.</exception>
    public static SafetensorsEntry[] Match(string path, IReadOnlyList<SafetensorsEntry> entries, ModelLayout layout, Precision precision) =>
        Match(path, entries, layout.ModelName, [.. layout.Parameters.Select(p => (p.Name, p.Shape))], precision);

    /// <param name="path">The file, for messages.</param>
    /// <param name="entries">What it holds.</param>
    /// <param name="owner">What it is to fit, for messages.</param>
    /// <param name="expected">The tensors that it must hold.</param>
    /// <param name="precision">The element type they get.</param>
    /// <returns>The file's entries in the order of what is expected.</returns>
    /// <exception cref="SafetensorsException">Names, shapes or element types do not fit; the message lists what.</exception>
    public static SafetensorsEntry[] Match(string path, IReadOnlyList<SafetensorsEntry> entries, string owner, IReadOnlyList<(string Name, int[] Shape)> expected, Precision precision)
    {
        var byName = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        var problems = new List<string>();
        var matched = new SafetensorsEntry[expected.Count];
        for (int i = 0; i < matched.Length; i++)
        {
            var (name, shape) = expected[i];
            string shapeText = $"[{string.Join(", ", shape)}]";
            if (!byName.Remove(name, out var entry))
                problems.Add($"tensor '{name}' {shapeText} is missing");
            else if (!entry.Shape.SequenceEqual(shape.Select(s => (long)s)))
                problems.Add($"tensor '{name}' is {shapeText} in the model, but {entry.ShapeText} in the file");
            else if (entry.DType is not ("F32" or "F64" or "F16" or "BF16"))
                problems.Add($"tensor '{name}' has the element type {entry.DType}; only F16, BF16, F32 and F64 can be loaded");
            else if (entry.DType == "F64" && precision == Precision.Float32)
                problems.Add($"tensor '{name}' is F64, but the model is float32 and would round it; convert the file to F32, or use [Model(Precision = Precision.Float64)]");
            else
                matched[i] = entry;
        }
        // PyTorch counts the batches of every batch norm; nothing here uses the count.
        foreach (var extra in byName.Values.Where(e => !e.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)))
            problems.Add($"tensor '{extra.Name}' {extra.ShapeText} is not in the model");
        if (problems.Count == 0) return matched;
        const int shown = 5;
        string more = problems.Count > shown ? $"; and {problems.Count - shown} more" : "";
        throw new SafetensorsException(path, $"the file does not fit {owner}: {string.Join("; ", problems.Take(shown))}{more}. The model was not changed.");
    }
}
