using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>The documentation of the generated class: layers with shapes and parameters, kernels, memory. It shows when hovering.</summary>
internal sealed class Explanation(ModelSpec model, IReadOnlyList<Step> steps, ParameterArena arena, IReadOnlyList<LayerRow> layers)
{
    public IEnumerable<string> Lines
    {
        get
        {
            var predict = steps.FirstOrDefault(s => s.Kind == StepKind.Predict);
            var main = predict ?? steps[0];
            long parameters = arena.Trainable.Concat(arena.Frozen).Sum(p => p.LogicalShape.Elements.Value);
            yield return "<summary>";
            yield return $"{model.Name}: {string.Join(", ", main.Function.Inputs.Select(i => i.Shape))} → {string.Join(", ", main.Lowered.Outputs.Select(o => o.Value.Shape))}, {Numbers.Grouped(parameters)} parameters{(model.Storage is { } storage ? $"; products of {storage.ToString().ToLowerInvariant()} factors" : "")}.";
            yield return "</summary>";
            yield return "<remarks>";
            yield return "<code>";
            foreach (var row in Table()) yield return row;
            yield return "";
            foreach (var step in steps)
                yield return $"{step.Name}: {step.Schedule.AllKernels.Count()} kernels, {step.Memory.WorkspaceElements} {model.Precision.CSharp()} of workspace.";
            if (predict?.NotIncremental is { } reason) yield return $"No decoding position by position: {reason}.".Replace("&", "&amp;").Replace("<", "&lt;");
            yield return "</code>";
            yield return "</remarks>";
        }
    }

    IEnumerable<string> Table()
    {
        var rows = new List<string[]> { new[] { "layer", "kind", "output", "parameters", "multiply-adds", "kernels" } };
        foreach (var layer in layers)
            rows.Add([layer.Path, layer.Kind, layer.Output.ToString(), Numbers.Grouped(layer.Parameters), layer.MultiplyAdds.ToString(), string.Join(", ", layer.Kernels)]);
        int[] widths = Enumerable.Range(0, 5).Select(c => rows.Max(r => r[c].Length)).ToArray();
        return rows.Select(r => $"{r[0].PadRight(widths[0])}  {r[1].PadRight(widths[1])}  {r[2].PadRight(widths[2])}  {r[3].PadLeft(widths[3])}  {r[4].PadLeft(widths[4])}  {r[5]}".TrimEnd());
    }
}
