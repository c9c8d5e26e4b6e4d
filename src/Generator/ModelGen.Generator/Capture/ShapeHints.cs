namespace ModelGen.Generator.Capture;

/// <summary>Collects the shapes that local variables take while a model is interpreted.</summary>
internal sealed class ShapeHints
{
    readonly Dictionary<Location, (string Name, List<string> Shapes)> found = [];

    public void Add(string name, Location place, Shape shape)
    {
        if (!found.TryGetValue(place, out var entry)) found[place] = entry = (name, []);
        var text = shape.ToString();
        if (!entry.Shapes.Contains(text)) entry.Shapes.Add(text);
    }

    public IReadOnlyList<ShapeHint> All => [.. found.Select(f => new ShapeHint(f.Value.Name, f.Key, string.Join(", then ", f.Value.Shapes)))];
}
