using System.Text.Json;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.Testing;

// Prints every sample case as JSON: its arguments (defaults filled in), its leaves with values in PyTorch's order of axes, and the weights w
// of the scalar Σ y·w that is differentiated.
// A norm of order infinity: JSON has no such number.
var named = new JsonSerializerOptions { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
using var output = Console.OpenStandardOutput();
using var json = new Utf8JsonWriter(output);
json.WriteStartArray();
foreach (var @case in SampleCase.All())
{
    json.WriteStartObject();
    json.WriteString("name", @case.Name);
    json.WriteString("target", @case.Method is { } method ? $"{method.Name}/{method.Parameters.Count}" : @case.Layer!.Name);
    json.WriteBoolean("layer", @case.Layer is not null);
    json.WriteBoolean("training", @case.Training);
    if (@case.Sample.Method is { } called) json.WriteString("method", called);
    json.WriteStartObject("arguments");
    foreach (var parameter in @case.Method?.Parameters ?? [.. @case.Layer!.Constructor, .. @case.Layer.Properties])
    {
        if (parameter.Kind is ParameterKind.Tensor or ParameterKind.IntTensor or ParameterKind.Tensors) continue;
        json.WritePropertyName(parameter.Name);
        JsonSerializer.Serialize(json, @case.Sample.Arguments.GetValueOrDefault(parameter.Name) ?? Plain(parameter), named);
    }
    json.WriteEndObject();
    json.WriteStartArray("leaves");
    foreach (var (leaf, value) in @case.Leaves)
    {
        json.WriteStartObject();
        json.WriteString("name", SampleCase.LeafName(leaf));
        json.WriteString("role", leaf.Op is InputLeaf ? leaf.DType == DType.Int32 ? "labels" : "input" : leaf.Op is ParameterLeaf ? "parameter" : "state");
        Write("shape", "values", SampleCase.Logical(leaf, value));
        json.WriteEndObject();
    }
    json.WriteEndArray();
    Write("shape", "weights", @case.WeightValues(@case.Output, "w"));
    json.WriteEndObject();
}
json.WriteEndArray();

void Write(string shape, string values, NdArray array)
{
    json.WritePropertyName(shape);
    JsonSerializer.Serialize(json, array.Shape);
    json.WritePropertyName(values);
    JsonSerializer.Serialize(json, array.Data);
}

static object? Plain(SurfaceParameter parameter) => parameter.Default switch
{
    Dim size => size.Value,
    null when parameter.Kind == ParameterKind.Ints => Array.Empty<int>(),
    var value => value,
};
