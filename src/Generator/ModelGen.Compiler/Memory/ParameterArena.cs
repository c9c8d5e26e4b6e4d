namespace ModelGen.Compiler.Memory;

/// <summary>
/// The layout of a model's weights: trainable ones first, then frozen ones, then states, each in order of first use and aligned
/// to 64 bytes, so that an optimizer updates one contiguous range.
/// </summary>
internal sealed class ParameterArena
{
    /// <summary>Tensors start at multiples of this many elements, which is 64 bytes of float32.</summary>
    public const int Alignment = 16;

    readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);

    public ParameterArena(IEnumerable<Graph> graphs)
    {
        var leaves = graphs.SelectMany(g => g.Nodes).Select(n => n.Op).ToArray();
        var parameters = leaves.OfType<ParameterLeaf>().GroupBy(p => p.Path, StringComparer.Ordinal).Select(g => g.First()).ToArray();
        Trainable = parameters.Where(p => !p.Frozen).ToArray();
        Frozen = parameters.Where(p => p.Frozen).ToArray();
        States = leaves.OfType<StateLeaf>().GroupBy(s => s.Path, StringComparer.Ordinal).Select(g => g.First()).ToArray();
        foreach (var parameter in Trainable) Place(parameter.Path, parameter.Type);
        TrainableElements = Elements;
        foreach (var parameter in Frozen) Place(parameter.Path, parameter.Type);
        foreach (var state in States) Place(state.Path, state.Type);

        void Place(string path, TensorType tensor)
        {
            offsets[path] = Elements;
            Elements += (tensor.Shape.Elements.Value + Alignment - 1) / Alignment * Alignment;
        }
    }

    public IReadOnlyList<ParameterLeaf> Trainable { get; }
    public IReadOnlyList<ParameterLeaf> Frozen { get; }
    public IReadOnlyList<StateLeaf> States { get; }
    public long Elements { get; private set; }
    public long TrainableElements { get; }

    public long Offset(string path) => offsets[path];

    /// <summary>The elements that hold these weights. Neighbours are one range; padding between them is updated along, it stays zero.</summary>
    public IReadOnlyList<(long First, long Count)> Ranges(ISet<string> paths)
    {
        var ranges = new List<(long First, long Count)>();
        foreach (var parameter in Trainable.Where(p => paths.Contains(p.Path)))
        {
            long first = Offset(parameter.Path), count = (parameter.Type.Shape.Elements.Value + Alignment - 1) / Alignment * Alignment;
            if (ranges.Count > 0 && ranges[ranges.Count - 1] is var last && last.First + last.Count == first) ranges[ranges.Count - 1] = (last.First, last.Count + count);
            else ranges.Add((first, count));
        }
        return ranges;
    }
}
