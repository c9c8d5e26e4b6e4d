using ModelGen.Compiler;
using ModelGen.Compiler.Codegen;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Spec;

namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>Prints the half of a model's class that implements <see cref="ICompiledModel"/> by direct calls, and the factory of all models.</summary>
internal static class AdapterText
{
    public static string Of(IEnumerable<ModelSpec> models) => string.Join("\n", models.Select(Of)) + $$"""

        public static class ModelFactory
        {
            public static ModelGen.EndToEnd.Tests.Harness.ICompiledModel Create(string name) => name switch
            {
                {{string.Join("\n        ", models.Select(m => $"\"{m.Name}\" => new {FullName(m)}(),"))}}
                _ => throw new System.ArgumentException(name),
            };
        }
        """;

    static string FullName(ModelSpec model) => model.Namespace.Length == 0 ? model.Name : model.Namespace + "." + model.Name;

    static string Of(ModelSpec model)
    {
        var forward = model.Functions[0];
        var objectives = model.Functions.Where(f => f.Kind == FunctionKind.Objective).ToArray();
        string type = model.Precision == DType.Float64 ? "double" : "float";
        bool isTuple = forward.Outputs.Count > 1;
        string results = string.Join(", ", forward.OutputNames.Select((_, i) => "y" + i));
        bool[] integers = [.. FunctionLowering.Build(model, forward, training: false).Outputs.Select(o => o.Value.DType == DType.Int32)];
        return $$"""
            {{(model.Namespace.Length == 0 ? "" : "namespace " + model.Namespace + " {")}}
            partial class {{model.Name}} : ModelGen.EndToEnd.Tests.Harness.ICompiledModel
            {
                double[][] ModelGen.EndToEnd.Tests.Harness.ICompiledModel.Predict(ModelGen.EndToEnd.Tests.Harness.ModelInputs inputs, int[] lengths)
                {
                    {{string.Join(" ", forward.OutputNames.Select((_, i) => $"var y{i} = new {(integers[i] ? "int" : type)}[lengths[{i}]];"))}}
                    Predict({{string.Join(", ", Arguments(model, forward, spans: true, outputs: results))}});
                    return [{{string.Join(", ", forward.OutputNames.Select((_, i) => $"System.Array.ConvertAll(y{i}, v => (double)v)"))}}];
                }

                Tensor[] ModelGen.EndToEnd.Tests.Harness.ICompiledModel.Forward(ModelGen.EndToEnd.Tests.Harness.ModelInputs inputs)
                {
                    var {{(isTuple ? "(" + results + ")" : "y0")}} = Forward({{string.Join(", ", Arguments(model, forward, spans: false))}});
                    return [{{string.Join(", ", integers.Select((isInteger, i) => $"y{i}{(isInteger ? ".ToTensor()" : "")}"))}}];
                }

                {{Objective("Tensor", "Loss", "", f => $"{f.Name}({string.Join(", ", Arguments(model, f, spans: false))})")}}
                {{Objective("double", "Evaluate", "", f => $"Evaluate{Suffix(f)}({string.Join(", ", Arguments(model, f, spans: true))})")}}
                {{Objective("double", "ComputeGradients", "", f => $"Compute{Suffix(f)}Gradients({string.Join(", ", Arguments(model, f, spans: true))})")}}
                {{Objective("double", "ComputePerExampleGradients", ", PerExampleGradients examples", f => HasExamples(model, f)
                    ? $"{GeneratedMembers.PerExample(f.Name)}({string.Join(", ", Arguments(model, f, spans: true).Append("examples: examples"))})" : "throw new System.NotSupportedException()")}}
                {{Objective("double", "TrainStep", ", Optimizer optimizer", f => $"{(f.Name == "Loss" ? "Train" : f.Name)}Step({string.Join(", ", Arguments(model, f, spans: true).Append("optimizer: optimizer"))})")}}
            }
            {{(model.Namespace.Length == 0 ? "" : "}")}}
            """;

        string Objective(string result, string name, string more, Func<FunctionSpec, string> call) =>
            $"{result} ModelGen.EndToEnd.Tests.Harness.ICompiledModel.{name}(string objective, ModelGen.EndToEnd.Tests.Harness.ModelInputs inputs{more}) => objective switch\n    {{\n" +
            string.Concat(objectives.Select(f => $"        \"{f.Name}\" => {call(f)},\n")) + "        _ => throw new System.ArgumentException(objective),\n    };";
    }

    static bool HasExamples(ModelSpec model, FunctionSpec f) => ExampleAxis.Of(f, FunctionLowering.Build(model, f, training: true)).Symbol is not null;

    static string Suffix(FunctionSpec f) => f.Name == "Loss" ? "" : f.Name;

    static IEnumerable<string> Arguments(ModelSpec model, FunctionSpec function, bool spans, string outputs = "")
    {
        foreach (var input in function.Inputs)
            yield return "inputs." + (input.DType == DType.Int32 ? spans ? "Ints" : "IntTensor" : !spans ? "Tensor" : input.DType == DType.Float64 ? "Doubles" : "Floats") + $"(\"{input.Name}\")";
        if (!spans) yield break;
        if (outputs.Length > 0) yield return outputs;
        if (function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().Count() < 2) yield break;
        // Which sizes are parameters is the generator's decision; this asks it.
        var step = ModelCompiler.Steps(model).Steps.First(s => s.Function == function);
        foreach (var symbol in new CallText(step, "float").Unsolved) yield return $"{symbol}: inputs.Size(\"{symbol}\")";
    }
}
