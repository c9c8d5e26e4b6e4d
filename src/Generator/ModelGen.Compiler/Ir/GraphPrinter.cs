using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Ir;

/// <summary>The graph as stable text: what dumps show and pass tests compare. Live nodes only, numbered from 0.</summary>
internal static class GraphPrinter
{
    /// <param name="graph">The graph.</param>
    /// <param name="names">Whether the user's names are shown, which change nothing.</param>
    public static string Print(Graph graph, bool names = true)
    {
        var text = new StringBuilder();
        var number = new Dictionary<Node, string>();
        foreach (var node in graph.Live())
        {
            number[node] = "%" + number.Count.ToString(CultureInfo.InvariantCulture);
            text.Append(number[node]).Append(" = ").Append(node.Op).Append('(').Append(string.Join(", ", node.Inputs.Select(i => number[i]))).Append(") : ").Append(node.Type);
            if (names && node.Name is not null) text.Append("  // ").Append(node.Name);
            text.Append('\n');
        }
        foreach (var (name, value) in graph.Outputs) text.Append(name).Append(" <- ").Append(number[value]).Append('\n');
        foreach (var (state, value) in graph.Updates) text.Append(state.Path).Append(" := ").Append(number[value]).Append('\n');
        return text.ToString();
    }
}
