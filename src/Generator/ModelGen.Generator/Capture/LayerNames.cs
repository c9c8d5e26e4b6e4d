using System.Globalization;

namespace ModelGen.Generator.Capture;

/// <summary>
/// Gives every layer that the model holds its name in <c>Parameters</c>: <c>blocks.0.norm1</c>. A walk over the members; the first
/// member that reaches a layer names it, so shared layers share their weights.
/// </summary>
internal static class LayerNames
{
    public static void Assign(Instance model) => Walk(model, "", frozen: false, [model]);

    static void Walk(Instance owner, string prefix, bool frozen, HashSet<Instance> seen)
    {
        foreach (var member in LayerMembers.Of(owner.Type))
            if (owner.State.TryGetValue(member.Symbol, out var value)) Visit(value, prefix + member.Name, frozen || member.IsFrozen, member.IsRecomputed, seen);
    }

    static void Visit(Value value, string path, bool frozen, bool recompute, HashSet<Instance> seen)
    {
        if (value is Instance layer && layer.Type.IsLayer())
        {
            if (!seen.Add(layer)) return;
            (layer.Path, layer.Frozen, layer.Recompute) = (path, frozen, recompute);
            if (layer.Definition is null) Walk(layer, path + ".", frozen, seen);
        }
        else if (value is Sequence sequence)
        {
            for (int i = 0; i < sequence.Items.Count; i++) Visit(sequence.Items[i], path + "." + i.ToString(CultureInfo.InvariantCulture), frozen, recompute, seen);
        }
    }
}
