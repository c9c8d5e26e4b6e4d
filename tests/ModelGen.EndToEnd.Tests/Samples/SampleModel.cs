using System.Globalization;
using System.Text;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Samples;

/// <summary>
/// One sample as C#, as a user would write it. <c>Forward</c> is the op on its inputs, with the first axis as the symbol N where the op can do that.
/// <c>Loss</c> is Σ op(x) w with constant shapes, every element of x being a parameter (<c>one.Apply(linear).Reshape(...)</c>), so that each has a
/// gradient. The objective <c>Batch</c> is the same with the symbol N and a parameter added to every row.
/// </summary>
internal sealed class SampleModel
{
    static readonly Dim N = Dim.Symbol("N");

    readonly SampleCase sample;
    readonly IReadOnlyList<(string Name, DType Type, int[] Shape)> inputs;
    readonly bool isSymbolic;
    readonly Shape symbolicOutput = Shape.Scalar;

    public SampleModel(SampleCase sample)
    {
        this.sample = sample;
        inputs = [.. sample.Leaves.Where(l => l.Leaf.Op is Compiler.Ops.InputLeaf).Select(l => (SampleCase.LeafName(l.Leaf), l.Leaf.DType, l.Value.Shape))];
        if (inputs[0].Shape.Length > 0 && TrySymbolic() is { } output) (isSymbolic, symbolicOutput) = (true, output);
    }

    /// <summary>A C# identifier: <c>Softmax_2_1</c>.</summary>
    public string Name => Identifier(sample);

    /// <summary>True when <c>Forward</c> has the symbol N.</summary>
    public bool IsSymbolic => isSymbolic;

    /// <summary>True when the objective Batch exists: the output's sizes are plain.</summary>
    public bool HasBatch => isSymbolic && inputs.Any(i => i.Type.IsFloat()) && symbolicOutput.All(d => d.IsConstant || d == N);

    public static string Identifier(SampleCase sample)
    {
        string name = sample.Name.Replace("operator +", "Add", StringComparison.Ordinal).Replace("operator -", "Subtract", StringComparison.Ordinal)
            .Replace("operator *", "Multiply", StringComparison.Ordinal).Replace("operator /", "Divide", StringComparison.Ordinal)
            .Replace("operator >=", "AtLeast", StringComparison.Ordinal).Replace("operator <=", "AtMost", StringComparison.Ordinal).Replace("operator >", "Above", StringComparison.Ordinal)
            .Replace("operator <", "Below", StringComparison.Ordinal);
        return string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
    }

    // The sizes that follow N: the first axis of every input of the same rank and first size as the first one's.
    Shape ShapeOf(int input, bool symbolic)
    {
        var shape = inputs[input].Shape;
        var first = inputs[0].Shape;
        return Shape.Of(shape) is var constant && symbolic && shape.Length > 0 && shape[0] == first[0] && (shape.Length == first.Length || inputs[input].Type == DType.Int32) ? constant.With(0, N) : constant;
    }

    Shape? TrySymbolic()
    {
        var graph = new Graph { Precision = DType.Float64 };
        try
        {
            var nodes = inputs.Select((x, i) => graph.Add(new Compiler.Ops.InputLeaf(x.Name, new TensorType(x.Type, ShapeOf(i, symbolic: true))))).ToArray();
            var arguments = sample.Sample.Arguments.ToDictionary(a => a.Key, a => Value(a.Value));
            if (sample.Layer is { } layer) return SampleCase.Together(Invocation.ApplyAll(graph, layer, arguments, "layer", "Layer 'layer'", nodes, false, new Parameters(graph), sample.Sample.Method)).Shape;
            int next = 0;
            foreach (var p in sample.Method!.Parameters)
                if (p.Kind is ParameterKind.Tensor or ParameterKind.IntTensor) arguments[p.Name] = nodes[next++];
                else if (p.Kind == ParameterKind.Tensors) arguments[p.Name] = nodes;
            return SampleCase.Together(Invocation.InvokeAll(graph, sample.Method, arguments)).Shape;
        }
        catch (ModelException)
        {
            return null;   // for example a Reshape to constant sizes
        }
    }

    static object? Value(object argument) => argument switch
    {
        int whole => (Dim)whole,
        int[] several => several.Select(s => (Dim)s).ToArray(),
        _ => argument,
    };

    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            [Model]
            internal partial class {{Name}}
            {

            """);
        if (sample.Layer is { } layer) text.AppendLine($"    readonly {layer.Name} layer = new({Constructor(layer)}){Properties(layer)};");
        // As a user would write it: a tuple, whose parts one loss can be made of.
        if (Results.Count > 0)
            text.AppendLine($"    static Tensor Together(({string.Join(", ", Results.Select(r => (r.IsInteger ? "IntTensor " : "Tensor ") + r.Name))}) y) => Tensor.Concat(0, {string.Join(", ", Results.Select(r => $"y.{r.Name}{(r.IsInteger ? ".ToTensor()" : "")}.Reshape(-1)"))});");
        var floats = inputs.Where(x => x.Type.IsFloat() && IsTrainable).ToArray();
        foreach (var x in floats)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    readonly Linear p_{x.Name} = new({x.Shape.Aggregate(1, (a, b) => a * b)}) {{ Bias = false }};");
            if (HasBatch) text.AppendLine(CultureInfo.InvariantCulture, $"    readonly Linear q_{x.Name} = new({RowShape(x.Name).Aggregate(1, (a, b) => a * b)}) {{ Bias = false }};");
        }

        text.AppendLine($"    public Tensor Forward({Declarations(isSymbolic, all: true)}) => {Expression(n => n)};");
        // Of labels alone, and through what has no slope, nothing can be trained.
        if (floats.Length == 0) return text.AppendLine("}").ToString();
        var output = sample.Output.Shape;
        text.AppendLine($"    public Tensor Loss({Join([$"[Shape(1, 1)] Tensor one", Declarations(symbolic: false, all: false), $"{Attribute(output)} Tensor w"])}) => ({Expression(n => IsFloat(n) ? $"one.Apply(p_{n}).Reshape({Sizes(Input(n).Shape)})" : n)} * w).Sum();");
        if (HasBatch)
            text.AppendLine($"    [Objective] public Tensor Batch({Join([$"[Shape(1, 1)] Tensor one", Declarations(symbolic: true, all: true), $"{Attribute(symbolicOutput)} Tensor w"])}) => ({Expression(n => IsFloat(n) ? $"({n} + one.Apply(q_{n}).Reshape({Sizes(RowShape(n))}))" : n)} * w).Sum();");
        return text.AppendLine("}").ToString();
    }

    bool IsTrainable => ReverseMode.Sweep(sample.Output, sample.Differentiable, seed: sample.Output).Gradients.Any(g => g is not null);

    /// <summary>The shape of the parameter that Batch adds to an input: one row where the rows follow N.</summary>
    public int[] RowShape(string input)
    {
        int index = inputs.Select(i => i.Name).ToList().IndexOf(input);
        var shape = (int[])inputs[index].Shape.Clone();
        if (ShapeOf(index, symbolic: true) is [var first, ..] && first == N) shape[0] = 1;
        return shape;
    }

    /// <summary>What a tuple consists of; nothing for a single result.</summary>
    IReadOnlyList<MethodResult> Results => sample.Layer is { } layer
        ? [.. (layer.Methods.FirstOrDefault(m => m.Name == sample.Sample.Method)?.Results ?? layer.Results).Select(r => new MethodResult(r, false))]
        : sample.Method!.Results is { Count: > 1 } several ? several : [];

    (string Name, DType Type, int[] Shape) Input(string name) => inputs.First(i => i.Name == name);

    bool IsFloat(string name) => Input(name).Type.IsFloat();

    string Declarations(bool symbolic, bool all) =>
        string.Join(", ", inputs.Select((x, i) => (x, i)).Where(p => all || !p.x.Type.IsFloat()).Select(p => $"{Attribute(ShapeOf(p.i, symbolic))} {(p.x.Type.IsFloat() ? "Tensor" : "IntTensor")} {p.x.Name}"));

    static string Attribute(Shape shape) => $"[Shape({string.Join(", ", shape.Select(d => d == N ? "\"N\"" : d.ToString()))})]";

    static string Sizes(int[] shape) => string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)));

    static string Join(IEnumerable<string> parts) => string.Join(", ", parts.Where(p => p.Length > 0));

    string Expression(Func<string, string> input)
    {
        if (sample.Layer is not null && Results.Count > 0) return $"Together(layer.{sample.Sample.Method ?? "Forward"}({string.Join(", ", inputs.Select(i => input(i.Name)))}))";
        if (sample.Layer is not null) return inputs.Count == 1 ? $"{input(inputs[0].Name)}.Apply(layer)" : $"layer.Forward({string.Join(", ", inputs.Select(i => input(i.Name)))})";
        var method = sample.Method!;
        string[] tensors = [.. inputs.Select(i => input(i.Name))];
        if (method.Name.StartsWith("operator ", StringComparison.Ordinal))
        {
            string symbol = method.Name["operator ".Length..];
            return tensors.Length == 1 ? $"({symbol}{tensors[0]})" : $"({tensors[0]} {symbol} {tensors[1]})";
        }
        var arguments = new List<string>();
        int next = 0;
        bool skipped = false;
        foreach (var parameter in method.Parameters)
            if (parameter.Kind is ParameterKind.Tensor or ParameterKind.IntTensor) arguments.Add(tensors[next++]);
            else if (parameter.Kind == ParameterKind.Tensors) arguments.AddRange(tensors);
            else if (!sample.Sample.Arguments.TryGetValue(parameter.Name, out var value)) skipped = true;
            else if (value is int[] several) arguments.AddRange(several.Select(v => v.ToString(CultureInfo.InvariantCulture)));
            else if (parameter.Kind == ParameterKind.Reduction) arguments.Add($"{(skipped ? "reduction: " : "")}(Reduction){value}");
            else arguments.Add((skipped ? parameter.Name + ": " : "") + Literal(value));
        string call = method.IsStatic ? $"Tensor.{method.Name}({string.Join(", ", arguments)})" : $"{arguments[0]}.{method.Name}({string.Join(", ", arguments.Skip(1))})";
        return Results.Count > 0 ? $"Together({call})" : method.Results[0].IsInteger ? call + ".ToTensor()" : call;
    }

    string Constructor(LayerDefinition layer) =>
        string.Join(", ", layer.Constructor.Where(p => sample.Sample.Arguments.ContainsKey(p.Name)).Select(p => $"{p.Name}: {(p.Kind == ParameterKind.Bag ? "(BagMode)" : "")}{Literal(sample.Sample.Arguments[p.Name])}"));

    string Properties(LayerDefinition layer)
    {
        var given = layer.Properties.Where(p => sample.Sample.Arguments.ContainsKey(p.Name)).Select(p => $"{p.Name} = {Literal(sample.Sample.Arguments[p.Name])}").ToArray();
        return given.Length == 0 ? "" : $" {{ {string.Join(", ", given)} }}";
    }

    static string Literal(object value) => value switch
    {
        int.MaxValue => "int.MaxValue",
        int whole => whole.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        double.PositiveInfinity => "float.PositiveInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        _ => throw new NotSupportedException($"An argument of {value.GetType().Name}."),
    };

    /// <summary>Leaves of a trial graph; the values do not matter.</summary>
    sealed class Parameters(Graph graph) : IParameterSource
    {
        public Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Compiler.Ops.Initializer initializer, bool frozen) =>
            graph.Add(new Compiler.Ops.ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen, DType.Float64));

        public Node State(string path, Shape shape, Compiler.Ops.Initializer initializer) => graph.Add(new Compiler.Ops.StateLeaf(path, shape, initializer, DType.Float64));

        public void Update(string path, Node value) { }
    }
}
