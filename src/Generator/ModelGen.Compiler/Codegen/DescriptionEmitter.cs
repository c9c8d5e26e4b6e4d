using System.Globalization;
using ModelGen.Compiler.Codegen.Cpu;
using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>Prints the model's description as data, built when it is first asked for.</summary>
internal sealed class DescriptionEmitter(ModelSpec model, IReadOnlyList<Step> steps, ParameterArena arena, IReadOnlyList<LayerRow> layers, Func<Kernel, string> nameOf)
{
    public void Emit(SourceWriter w)
    {
        var main = steps.FirstOrDefault(s => s.Kind == StepKind.Predict) ?? steps[0];
        using var holder = w.Block("private static class DescriptionText");
        using var value = w.Block("public static readonly ModelDescription Value = new()", "};");
        w.Line($"Name = \"{model.Name}\",");
        w.Line($"Precision = global::ModelGen.Precision.{model.Precision},");
        if (model.Storage is { } storage) w.Line($"Storage = StorageFormat.{storage},");
        w.Line($"Inputs = [{string.Join(", ", main.Function.Inputs.Select(i => Tensor(i.Name, i.DType, i.Shape)))}],");
        w.Line($"Outputs = [{string.Join(", ", main.Function.OutputNames.Select((n, i) => Tensor(n, model.Precision, main.Lowered.Outputs[i].Value.Shape)))}],");
        using (w.Block("Layers =", "],", "["))
            foreach (var layer in layers)
                w.Line($"new(\"{layer.Path}\", \"{layer.Kind}\", \"{layer.Output}\", {Number(layer.Parameters)}, {Formula(layer.MultiplyAdds)}),");
        using (w.Block("Functions =", "],", "["))
            foreach (var step in steps)
            {
                using (w.Block($"new(\"{step.Name}\",", "", "["))
                    foreach (var kernel in step.Schedule.AllKernels) w.Line($"new(\"{nameOf(kernel)}\", \"{KernelLibrary.Doc(kernel)}\"),");
                w.Line($"], {Formula(step.Memory.WorkspaceElements * model.Precision.Size())}, {Formula(step.MultiplyAdds)}),");
            }
        w.Line($"TrainableParameters = {Number(arena.Trainable.Sum(p => p.LogicalShape.Elements.Value))},");
        w.Line($"FrozenParameters = {Number(arena.Frozen.Sum(p => p.LogicalShape.Elements.Value))},");
        w.Line($"StateElements = {Number(arena.States.Sum(s => s.Type.Shape.Elements.Value))},");
        w.Line($"BatchSymbol = \"{main.Function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).FirstOrDefault() ?? ""}\",");
    }

    static string Tensor(string name, DType type, Shape shape) => $"new(\"{name}\", \"{type.CSharp()}\", \"{shape}\")";

    static string Formula(Dim dim) => dim.IsConstant ? Number(dim.Value)
        : $"new SizeFormula({string.Join(", ", dim.Terms.Select(t => $"new SizeTerm({Number(t.Coefficient)}{string.Concat(t.Factors.Select(f => $", \"{f}\""))})"))})";

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
