namespace ModelGen.Compiler.Surface;

/// <summary>What C# type a parameter of the public surface has.</summary>
internal enum ParameterKind
{
    /// <summary><c>Tensor</c>.</summary>
    Tensor,

    /// <summary><c>IntTensor</c>: labels and indices.</summary>
    IntTensor,

    /// <summary><c>int</c>; in a compiled method also a symbolic size.</summary>
    Int,

    /// <summary><c>int?</c>, null when not given.</summary>
    OptionalInt,

    /// <summary><c>float</c> in C#, a double here.</summary>
    Float,

    /// <summary><c>bool</c>.</summary>
    Bool,

    /// <summary><c>params int[]</c>: sizes or axes; each may be symbolic in a compiled method.</summary>
    Ints,

    /// <summary><c>params Tensor[]</c>, the last parameter.</summary>
    Tensors,

    /// <summary><c>string</c>, a constant.</summary>
    Text,

    /// <summary>The enum <c>Reduction</c>: what becomes of a loss's elements. A <see cref="LossReduction"/> as a whole number here.</summary>
    Reduction,

    /// <summary>The enum <c>BagMode</c>: how vectors of a bag are combined. A <see cref="Layers.BagCombination"/> as a whole number here.</summary>
    Bag,
}

/// <summary>What becomes of the elements of a loss; the public enum <c>Reduction</c> has the same members.</summary>
internal enum LossReduction
{
    /// <summary>Their mean, a scalar.</summary>
    Mean,

    /// <summary>Their sum, a scalar.</summary>
    Sum,

    /// <summary>Nothing: the loss is a tensor.</summary>
    None,
}

/// <summary>One parameter of a tensor method or a layer, as it is printed into the C# surface.</summary>
internal sealed record SurfaceParameter(string Name, ParameterKind Kind, string Doc, object? Default = null, bool HasDefault = false)
{
    public static SurfaceParameter Tensor(string name, string doc) => new(name, ParameterKind.Tensor, doc);
    public static SurfaceParameter IntTensor(string name, string doc) => new(name, ParameterKind.IntTensor, doc);
    public static SurfaceParameter Int(string name, string doc) => new(name, ParameterKind.Int, doc);
    public static SurfaceParameter Int(string name, string doc, int value) => new(name, ParameterKind.Int, doc, (Dim)value, true);
    public static SurfaceParameter OptionalInt(string name, string doc) => new(name, ParameterKind.OptionalInt, doc, null, true);
    public static SurfaceParameter Float(string name, string doc) => new(name, ParameterKind.Float, doc);
    public static SurfaceParameter Float(string name, string doc, double value) => new(name, ParameterKind.Float, doc, value, true);
    public static SurfaceParameter Bool(string name, string doc, bool value) => new(name, ParameterKind.Bool, doc, value, true);
    public static SurfaceParameter Text(string name, string doc) => new(name, ParameterKind.Text, doc);
    public static SurfaceParameter Ints(string name, string doc) => new(name, ParameterKind.Ints, doc);
    public static SurfaceParameter Reduction() => new("reduction", ParameterKind.Reduction, "the mean of the losses (the default), their sum, or each loss by itself", (Dim)(int)LossReduction.Mean, true);
    public static SurfaceParameter Bag(string name, string doc) => new(name, ParameterKind.Bag, doc, (Dim)(int)Layers.BagCombination.Mean, true);
    public static SurfaceParameter Tensors(string name, string doc) => new(name, ParameterKind.Tensors, doc);
}

/// <summary>One result of a tensor method.</summary>
/// <param name="Name">Its name in the tuple; empty when there is no other.</param>
/// <param name="IsInteger">Whether it is an <c>IntTensor</c>.</param>
internal sealed record MethodResult(string Name, bool IsInteger)
{
    /// <summary>A <c>Tensor</c>.</summary>
    public static readonly MethodResult Numbers = new("", false);

    /// <summary>An <c>IntTensor</c>.</summary>
    public static readonly MethodResult Integers = new("", true);
}

/// <summary>
/// A method of the public <c>Tensor</c>: its C# signature and the nodes it stands for. It lives in the file of its op; the surface
/// printer turns it into C#, capture finds it by name, and the eager mode runs it: one definition for all three.
/// </summary>
internal sealed class TensorMethod
{
    /// <summary>The C# name: <c>MaxPool2d</c>, or <c>operator +</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One XML-free sentence or two for the C# documentation: formula and shapes.</summary>
    public required string Summary { get; init; }

    /// <summary>All parameters; the first is the receiver (<c>this</c>), a <c>Tensor</c> or an <c>IntTensor</c>.</summary>
    public required IReadOnlyList<SurfaceParameter> Parameters { get; init; }

    /// <summary>True for <c>Tensor.Concat(...)</c>: no receiver.</summary>
    public bool IsStatic { get; init; }

    /// <summary>
    /// True when a number may stand for any tensor but the first: C# gets an overload for each. Operators take numbers on either side anyway.
    /// </summary>
    public bool TakesNumbers { get; init; }

    /// <summary>True for a method that only moves elements: <c>IntTensor</c> has it too, and gets one back.</summary>
    public bool MovesIntegers { get; init; }

    /// <summary>What it gives: a tensor, unless it says otherwise; several are a tuple.</summary>
    public IReadOnlyList<MethodResult> Results { get; init; } = [MethodResult.Numbers];

    /// <summary>Builds the nodes of a method with one result. Throws <see cref="ModelException"/> when the shapes or values do not fit.</summary>
    public Func<Call, Node> Build
    {
        init => BuildAll = call => [value(call)];
    }

    /// <summary>The same for a method with several results: one node for each.</summary>
    public Func<Call, IReadOnlyList<Node>> BuildAll { get; init; } = call => throw new InvalidOperationException($"'{call.Method}' builds nothing.");

    /// <summary>Arguments to test with.</summary>
    public IReadOnlyList<Sample> Samples { get; init; } = [];

    /// <summary>PyTorch's name, where it has the op: <c>torch.nn.functional.gelu</c>.</summary>
    public string? PyTorch { get; init; }

    /// <summary>The method with PyTorch's name for it.</summary>
    public TensorMethod As(string pyTorch) => new()
    {
        Name = Name,
        Summary = Summary,
        Parameters = Parameters,
        IsStatic = IsStatic,
        TakesNumbers = TakesNumbers,
        MovesIntegers = MovesIntegers,
        Results = Results,
        BuildAll = BuildAll,
        Samples = Samples,
        PyTorch = pyTorch,
    };

    /// <summary>A method of one tensor and nothing else.</summary>
    public static TensorMethod Unary(string name, string summary, Op op, params Sample[] samples) => new()
    {
        Name = name,
        Summary = summary,
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => call.Graph.Add(op, call.Tensor("x")),
        Samples = samples,
    };

    /// <summary>A method of two tensors that broadcast against each other.</summary>
    public static TensorMethod Binary(string name, string summary, Op op, params Sample[] samples) => new()
    {
        Name = name,
        Summary = summary,
        Parameters = [SurfaceParameter.Tensor("a", "the left operand"), SurfaceParameter.Tensor("b", "the right operand; shapes broadcast")],
        Build = call => call.Graph.Add(op, call.Tensor("a"), call.Tensor("b")),
        Samples = samples,
        TakesNumbers = true,
    };
}
