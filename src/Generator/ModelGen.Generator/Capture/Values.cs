using ModelGen.Compiler.Layers;

namespace ModelGen.Generator.Capture;

/// <summary>What an expression of the user's code is worth while it is interpreted at compile time.</summary>
internal abstract class Value
{
    public static readonly Value Null = new Const(null);

    /// <summary>
    /// The value of an expression with a problem: already reported, or the compiler's own error. It spreads silently, so one mistake
    /// is one report. It must never be born without either.
    /// </summary>
    public static readonly Value Poison = new PoisonValue();

    public bool IsPoison => this is PoisonValue;
    public bool IsNull => this is Const { Content: null };

    /// <summary>As an argument of a call or the source of an assignment: structs and tuples are copied.</summary>
    public virtual Value Copy() => this;

    sealed class PoisonValue : Value;
}

/// <summary>A number, text, truth value or null. Enums are their underlying integers.</summary>
internal sealed class Const(object? content) : Value
{
    public object? Content { get; } = content;
}

/// <summary>An int that depends on a symbol: <c>x.Shape[0]</c>. A constant size is a <see cref="Const"/>.</summary>
internal sealed class SizeValue : Value
{
    SizeValue(Dim size) => Size = size;
    public Dim Size { get; }

    public static Value Of(Dim size) => size.IsConstant && size.Value is >= int.MinValue and <= int.MaxValue ? new Const((int)size.Value) : new SizeValue(size);
}

/// <summary>A tensor: its node in the graph under construction, and the index of its <see cref="NodeSpec"/>.</summary>
internal sealed class TensorValue(Node node, int index) : Value
{
    public Node Node { get; } = node;
    public int Index { get; } = index;
}

/// <summary><c>x.Steps(axis)</c>: what a foreach runs through.</summary>
internal sealed class StepsValue(TensorValue tensor, int axis, bool reverse) : Value
{
    public TensorValue Tensor { get; } = tensor;
    public int Axis { get; } = axis;

    /// <summary>Whether the last one comes first.</summary>
    public bool Reverse { get; } = reverse;
}

/// <summary>What stands in a list for one tensor of each step of a loop.</summary>
/// <param name="all">All of them, side by side along the first axis.</param>
internal sealed class StepResults(TensorValue all) : Value
{
    public TensorValue All { get; } = all;
}

/// <summary><c>x.Shape</c>.</summary>
internal sealed class ShapeValue(Shape shape) : Value
{
    public Shape Shape { get; } = shape;
    public IEnumerable<Value> Sizes => Shape.Select(SizeValue.Of);
}

/// <summary>An object of a class or struct of the user's, or one layer of the runtime.</summary>
internal sealed class Instance(INamedTypeSymbol type) : Value
{
    public INamedTypeSymbol Type { get; } = type;

    /// <summary>Fields, auto-properties and primary constructor parameters together, by original definition.</summary>
    public Dictionary<ISymbol, Value> State { get; private set; } = new(SymbolEqualityComparer.Default);

    /// <summary>For a layer of the runtime: what it is. Null for everything else.</summary>
    public LayerDefinition? Definition { get; init; }

    /// <summary>For a layer of the runtime: the expression that created it.</summary>
    public SyntaxNode? Creation { get; init; }

    /// <summary>For a layer of the runtime: constructor arguments and properties by the definition's names.</summary>
    public Dictionary<string, Value> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>The layer's name in the model, once it is known.</summary>
    public string? Path { get; set; }
    public bool Frozen { get; set; }

    /// <summary>True for a layer under <c>[Layer(Recompute = true)]</c>.</summary>
    public bool Recompute { get; set; }

    /// <summary>True when the object existed before the compiled method ran: the method must not change it.</summary>
    public bool IsShared { get; set; }

    public override Value Copy() => Type.IsValueType ? Clone() : this;

    public Instance Clone()
    {
        var clone = new Instance(Type) { Definition = Definition, Creation = Creation };
        foreach (var pair in State) clone.State[pair.Key] = pair.Value.Copy();
        foreach (var pair in Arguments) clone.Arguments[pair.Key] = pair.Value;
        return clone;
    }
}

/// <summary>An array, list, span or any other enumeration.</summary>
internal sealed class Sequence(IEnumerable<Value> items) : Value
{
    public List<Value> Items { get; } = [.. items];

    /// <summary>True when it existed before the compiled method ran: the method must not change it.</summary>
    public bool IsShared { get; set; }
}

/// <summary>A dictionary with constant keys, in order of insertion.</summary>
internal sealed class DictionaryValue : Value
{
    public List<(object Key, Value Value)> Items { get; } = [];

    public bool IsShared { get; set; }

    public Value? Find(object key)
    {
        int at = IndexOf(key);
        return at < 0 ? null : Items[at].Value;
    }

    public int IndexOf(object key) => Items.FindIndex(i => i.Key.Equals(key));

    public void Set(object key, Value value)
    {
        int at = IndexOf(key);
        if (at < 0) Items.Add((key, value));
        else Items[at] = (key, value);
    }
}

/// <summary>A tuple, or a key with its value.</summary>
internal sealed class TupleValue(IEnumerable<Value> items) : Value
{
    public Value[] Items { get; } = items.ToArray();
    public override Value Copy() => new TupleValue(Items.Select(i => i.Copy()));
}

/// <summary><c>^1</c>, or an int converted to System.Index.</summary>
internal sealed class IndexValue(int offset, bool fromEnd) : Value
{
    public int Offset { get; } = offset;
    public bool FromEnd { get; } = fromEnd;
    public int In(int length) => FromEnd ? length - Offset : Offset;
}

/// <summary><c>1..^1</c>.</summary>
internal sealed class RangeValue(IndexValue start, IndexValue end) : Value
{
    public IndexValue Start { get; } = start;
    public IndexValue End { get; } = end;
}

/// <summary>A lambda or local function with the variables that it sees.</summary>
internal sealed class Closure(IMethodSymbol symbol, IOperation body, Scope scope, Frame frame) : Value
{
    public IMethodSymbol Symbol { get; } = symbol;
    public IOperation Body { get; } = body;
    public Scope Scope { get; } = scope;
    public Frame Frame { get; } = frame;
}

/// <summary>A method group with its receiver.</summary>
internal sealed class BoundMethod(IMethodSymbol method, Value? receiver) : Value
{
    public IMethodSymbol Method { get; } = method;
    public Value? Receiver { get; } = receiver;
}
