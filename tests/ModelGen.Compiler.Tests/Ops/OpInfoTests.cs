using System.Text.Json;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.Testing;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>
/// PyTorch's own sample inputs of each op (its OpInfo lists: every kind of broadcasting, axis and argument), written as calls of ModelGen's methods by
/// tests/golden/opinfo.py: values and gradients equal PyTorch's, and what PyTorch refuses is refused.
/// </summary>
public sealed class OpInfoTests
{
    static readonly JsonElement File = Load();

    /// <summary>What PyTorch refuses and ModelGen computes, by PyTorch's message, each with its reason.</summary>
    static readonly Dictionary<string, string> Accepted = new()
    {
        ["index 23 is out of bounds for dimension"] = "the values of indices are checked when they are used",
        ["reduction"] = "the largest of none: a size of zero is a batch of zero, which every op takes",
        ["only tensors with up to 64 dims are supported"] = "there is no largest number of axes",
    };

    public static TheoryData<string> Sampled => [.. File.GetProperty("samples").EnumerateObject().Select(p => p.Name)];

    public static TheoryData<string> Modules => [.. File.GetProperty("modules").EnumerateObject().Select(p => p.Name)];

    public static TheoryData<string> Refused => [.. File.GetProperty("errors").EnumerateObject().Select(p => p.Name)];

    static JsonElement Load()
    {
        using var file = System.IO.File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "opinfo.json"));
        using var document = JsonDocument.Parse(file);
        return document.RootElement.Clone();
    }

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Equals_PyTorch(string op)
    {
        int index = 0;
        foreach (var entry in File.GetProperty("samples").GetProperty(op).EnumerateArray())
        {
            string what = $"{op}, call {index++}: {Text(entry)}";
            var graph = new Graph { Precision = DType.Float64 };
            var values = new Dictionary<LeafOp, NdArray>();
            var tensors = Tensors(graph, entry, values);
            Node y;
            try
            {
                y = SampleCase.Together(Invocation.InvokeAll(graph, Method(entry), Arguments(entry, tensors)));
            }
            catch (ModelException e)
            {
                throw new InvalidOperationException($"{what}: {e.Message}");
            }
            Compare(graph, y, entry, entry.GetProperty("tensors").EnumerateArray().Zip(tensors, (given, leaf) => (given, leaf)), values, what);
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_layer_equals_PyTorch(string module)
    {
        int index = 0;
        foreach (var entry in File.GetProperty("modules").GetProperty(module).EnumerateArray())
        {
            string what = $"{module}, sample {index++}: {entry.GetProperty("arguments")}";
            var layer = LayerRegistry.Find(entry.GetProperty("layer").GetString()!)!;
            var graph = new Graph { Precision = DType.Float64 };
            var values = new Dictionary<LeafOp, NdArray>();
            var inputs = Tensors(graph, entry, values);
            var source = new GivenParameters(graph, entry.GetProperty("parameters"), values);
            var arguments = entry.GetProperty("arguments").EnumerateObject().ToDictionary(a => a.Name, a => Value(layer.Constructor.Concat(layer.Properties).Single(p => p.Name == a.Name).Kind, a.Value));
            var y = Invocation.ApplyAll(graph, layer, arguments, "layer", "Layer 'layer'", inputs, training: true, source)[0];
            var compared = entry.GetProperty("tensors").EnumerateArray().Zip(inputs, (given, leaf) => (given, leaf)).Concat(source.Leaves);
            Compare(graph, y, entry, compared, values, what);
        }
    }

    static void Compare(Graph graph, Node y, JsonElement entry, IEnumerable<(JsonElement Given, Node Leaf)> leaves, Dictionary<LeafOp, NdArray> values, string what)
    {
        var result = Evaluate(y, values);
        Near.Equal(Numbers(entry.GetProperty("y")), result.Data, 1e-9, what);
        var differentiated = leaves.Where(l => l.Given.TryGetProperty("gradient", out _)).ToArray();
        if (differentiated.Length == 0) return;
        var weights = graph.Add(new InputLeaf("weights", y.Type));
        values[(LeafOp)weights.Op] = Weights(result.Shape);
        var loss = Sum.Of(y * weights, [.. Enumerable.Range(0, y.Shape.Rank)], keepDims: false);
        var gradients = ReverseMode.Gradient(loss, [.. differentiated.Select(l => l.Leaf)]);
        foreach (var ((given, leaf), gradient) in differentiated.Zip(gradients))
            Near.Equal(Numbers(given.GetProperty("gradient")), SampleCase.Logical(leaf, Evaluate(gradient, values)).Data, 1e-8, what + ", gradient");
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_PyTorch_refuses_is_refused(string op)
    {
        int index = 0;
        foreach (var entry in File.GetProperty("errors").GetProperty(op).EnumerateArray())
        {
            string what = $"{op}#{index++}";
            if (Accepted.Keys.Any(entry.GetProperty("pytorch").GetString()!.StartsWith)) continue;
            var graph = new Graph { Precision = DType.Float64 };
            var refusal = Record.Exception(() => Invocation.InvokeAll(graph, Method(entry), Arguments(entry, Tensors(graph, entry, []))));
            Assert.True(refusal is ModelException, $"{what}: {Text(entry)} is {refusal?.ToString() ?? "accepted"}; PyTorch says: {entry.GetProperty("pytorch").GetString()}");
        }
    }

    [Fact]
    public void Every_difference_is_on_the_page()
    {
        string page = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "docs", "pytorch.md"));
        foreach (var op in File.GetProperty("skipped").EnumerateObject())
            foreach (var reason in op.Value.EnumerateObject())
                Assert.Contains(reason.Name.Replace("wrong call: ", "", StringComparison.Ordinal), page, StringComparison.Ordinal);
    }

    static TensorMethod Method(JsonElement entry)
    {
        string method = entry.GetProperty("method").GetString()!;
        return OpRegistry.Methods.Single(m => $"{m.Name}/{m.Parameters.Count}" == method);
    }

    static Node[] Tensors(Graph graph, JsonElement entry, Dictionary<LeafOp, NdArray> values) => [.. entry.GetProperty("tensors").EnumerateArray().Select((tensor, i) =>
    {
        int[] sizes = Integers(tensor.GetProperty("shape"));
        var leaf = new InputLeaf("t" + i, new TensorType(tensor.TryGetProperty("integers", out _) ? DType.Int32 : DType.Float64, Shape.Of(sizes)));
        if (tensor.TryGetProperty("values", out var given)) values[leaf] = new NdArray(sizes, Numbers(given));
        return graph.Add(leaf);
    })];

    static Dictionary<string, object?> Arguments(JsonElement entry, Node[] tensors)
    {
        var method = Method(entry);
        var given = entry.GetProperty("arguments");
        var result = new Dictionary<string, object?>();
        int next = 0;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Kind is ParameterKind.Tensor or ParameterKind.IntTensor) result[parameter.Name] = tensors[next++];
            else if (parameter.Kind == ParameterKind.Tensors) result[parameter.Name] = tensors[next..];
            else if (given.TryGetProperty(parameter.Name, out var value)) result[parameter.Name] = Value(parameter.Kind, value);
        }
        Assert.All(given.EnumerateObject(), a => Assert.Contains(a.Name, result.Keys));
        return result;
    }

    static object? Value(ParameterKind kind, JsonElement value) => kind switch
    {
        ParameterKind.Ints => Integers(value).Select(i => (Dim)i).ToArray(),
        ParameterKind.Float => value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!.Replace("inf", "Infinity", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) : value.GetDouble(),
        ParameterKind.Bool => value.GetBoolean(),
        ParameterKind.Text => value.GetString(),
        _ => (Dim)value.GetInt32(),
    };

    static NdArray Evaluate(Node node, Dictionary<LeafOp, NdArray> values) => Interpreter.Evaluate([node], values.GetValueOrDefault, _ => 0, round: false)[0];

    // The same numbers as in opinfo.py.
    static NdArray Weights(int[] shape)
    {
        var result = new NdArray(shape);
        for (int i = 0; i < result.Length; i++) result.Data[i] = (i * 37 % 101 / 101.0) - 0.4;
        return result;
    }

    static string Text(JsonElement entry)
    {
        var shapes = entry.GetProperty("tensors").EnumerateArray().Select(t => "[" + string.Join(", ", Integers(t.GetProperty("shape"))) + "]");
        return $"{entry.GetProperty("method").GetString()}({string.Join(", ", shapes)}) {entry.GetProperty("arguments")}";
    }

    // Parameters of the module by PyTorch's names; states keep their first values.
    sealed class GivenParameters(Graph graph, JsonElement parameters, Dictionary<LeafOp, NdArray> values) : IParameterSource
    {
        public List<(JsonElement Given, Node Leaf)> Leaves { get; } = [];

        public Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen)
        {
            var given = parameters.GetProperty(path["layer.".Length..]);
            var leaf = new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen, DType.Float64);
            var logical = new NdArray(Integers(given.GetProperty("shape")), Numbers(given.GetProperty("values")));
            var storage = new NdArray([.. storageAxes.Select(a => logical.Shape[a])]);
            foreach (var at in logical.Indices()) storage[[.. storageAxes.Select(a => at[a])]] = logical[at];
            values[leaf] = storage;
            Leaves.Add((given, graph.Add(leaf)));
            return Leaves[^1].Leaf;
        }

        public Node State(string path, Shape shape, Initializer initializer)
        {
            var leaf = new StateLeaf(path, shape, initializer, DType.Float64);
            var value = new NdArray(shape.Evaluate(_ => 0));
            Array.Fill(value.Data, initializer.A);
            values[leaf] = value;
            return graph.Add(leaf);
        }

        public void Update(string path, Node value)
        {
        }
    }

    static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];

    static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];
}
