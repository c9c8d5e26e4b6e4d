namespace ModelGen.Generator.Capture;

/// <summary>One call of a framework function that capture knows.</summary>
internal sealed class KnownCall(Interpreter interpreter, IMethodSymbol method, Value? receiver, Value[] arguments, IOperation at, Frame frame)
{
    public IMethodSymbol Method { get; } = method;
    public Value? Receiver { get; } = receiver;
    public Value[] Arguments { get; } = arguments;

    /// <summary>The collection that the call is about: the receiver, or the first argument of an extension method.</summary>
    public List<Value> Items { get; } = ((receiver ?? arguments.FirstOrDefault()) as Sequence)?.Items ?? [];

    /// <summary>The argument after the collection.</summary>
    public Value Argument(int index) => (Receiver is null ? index + 1 : index) is int at && at < Arguments.Length ? Arguments[at] : Value.Null;
    public bool Has(int index) => (Receiver is null ? index + 1 : index) < Arguments.Length;
    public int Int(int index) => Arithmetic.Whole((Argument(index) as Const)?.Content) is long whole ? checked((int)whole) : throw new InvalidCastException($"An argument of '{Method.Name}' must be a constant number.");

    public Value Call(Value function, params Value[] given) => interpreter.Call(function, given, at, frame);
    public bool Test(Value function, params Value[] given) => Call(function, given) is Const { Content: bool truth } ? truth
        : throw new InvalidCastException($"The condition of '{Method.Name}' is not known at compile time.");
    public Value Fail(string message) => interpreter.Refuse(Rules.Evaluation, message, at, frame);

    /// <summary>The function's arity: Select and Where have one form with the index.</summary>
    public static int Parameters(Value function) => function switch
    {
        Closure closure => closure.Symbol.Parameters.Length,
        BoundMethod bound => bound.Method.Parameters.Length,
        _ => 1,
    };

    /// <summary>Reports a change of something that belongs to the model; true when it may go on.</summary>
    public bool MayChange(bool isShared)
    {
        if (!isShared || !interpreter.IsForward) return true;
        interpreter.Changed("a list or dictionary of the model", at, frame);
        return false;
    }
}

/// <summary>Functions without source here that capture can compute: one line each.</summary>
internal static partial class KnownFunctions
{
    static readonly Dictionary<string, Func<KnownCall, Value>> Static = new(StringComparer.Ordinal)
    {
        ["System.Array.Empty"] = _ => new Sequence([]),
        ["System.Linq.Enumerable.Empty"] = _ => new Sequence([]),
        ["System.Linq.Enumerable.Range"] = c => new Sequence(Enumerable.Range(Number(c, 0), Number(c, 1)).Select(i => (Value)new Const(i))),
        ["System.Linq.Enumerable.Repeat"] = c => new Sequence(Enumerable.Repeat(c.Arguments[0], Number(c, 1))),
        ["System.Array.ConvertAll"] = c => new Sequence(c.Items.Select(i => c.Call(c.Argument(0), i)).ToArray()),
        ["System.String.Concat"] = c => Texts(c.Arguments) is { } text ? new Const(string.Concat(text)) : c.Fail("The text is not known at compile time."),
        ["System.String.Join"] = c => c.Arguments.Length == 2 && c.Arguments[0] is Const { Content: string separator } && c.Arguments[1] is Sequence parts && Texts(parts.Items) is { } text
            ? new Const(string.Join(separator, text)) : c.Fail("The text is not known at compile time."),
        ["System.Collections.Generic.KeyValuePair.Create"] = c => new TupleValue(c.Arguments),
        ["System.HashCode.Combine"] = c => c.Fail("A hash code differs from run to run; do not use it in a model."),
        // For eager runs only: they see real values there and nothing here.
        ["System.Console.WriteLine"] = _ => Value.Null,
        ["System.Console.Write"] = _ => Value.Null,
        ["System.Diagnostics.Debug.WriteLine"] = _ => Value.Null,
        ["System.Diagnostics.Debug.Write"] = _ => Value.Null,
        ["System.Diagnostics.Debug.Assert"] = _ => Value.Null,
        ["System.Diagnostics.Trace.WriteLine"] = _ => Value.Null,
    };

    static readonly HashSet<string> Enumerations = ["Enumerable", "MemoryExtensions", "ImmutableArrayExtensions", "Array", "List", "IList", "ICollection", "IEnumerable", "IReadOnlyList", "IReadOnlyCollection", "ImmutableArray", "Span", "ReadOnlySpan"];

    public static Func<KnownCall, Value>? Find(IMethodSymbol method, Value? receiver, Value[] arguments)
    {
        if (method.ContainingType is not { } type) return null;
        var space = type.ContainingNamespace?.ToDisplayString() ?? "";
        if (Static.TryGetValue(space + "." + type.Name + "." + method.Name, out var known)) return known;
        if (space == "System" && type.Name is "Math" or "MathF" && Mathematics.TryGetValue(method.Name, out known)) return known;
        if (!space.StartsWith("System", StringComparison.Ordinal)) return null;
        var subject = receiver ?? arguments.FirstOrDefault();
        return subject switch
        {
            Sequence when Enumerations.Contains(type.Name) && Sequences.TryGetValue(method.Name, out known) => known,
            DictionaryValue when Dictionaries.TryGetValue(method.Name, out known) => known,
            Const or SizeValue or IndexValue when receiver is not null && Objects.TryGetValue(method.Name, out known) => known,
            _ => null,
        };
    }

    static int Number(KnownCall call, int index) => Arithmetic.Whole((call.Arguments[index] as Const)?.Content) is long whole
        ? checked((int)whole)
        : throw new InvalidCastException($"An argument of '{call.Method.Name}' must be a constant number.");

    static List<string>? Texts(IEnumerable<Value> values)
    {
        var flat = values.SelectMany(v => v is Sequence sequence ? sequence.Items : (IEnumerable<Value>)[v]).ToList();
        return flat.All(v => v is Const) ? flat.Select(v => Arithmetic.Text(((Const)v).Content)).ToList() : null;
    }

    static readonly Dictionary<string, Func<KnownCall, Value>> Dictionaries = new(StringComparer.Ordinal)
    {
        ["Add"] = c => Change(c, d => d.Set(Key(c), c.Arguments[1])),
        ["ContainsKey"] = c => new Const(((DictionaryValue)c.Receiver!).Find(Key(c)) is not null),
        ["TryGetValue"] = c =>
        {
            var found = ((DictionaryValue)c.Receiver!).Find(Key(c));
            c.Arguments[1] = found ?? Value.Null;
            return new Const(found is not null);
        },
    };

    static object Key(KnownCall call) => (call.Arguments[0] as Const)?.Content ?? throw new InvalidCastException("A key of a dictionary must be a constant.");

    static Value Change(KnownCall call, Action<DictionaryValue> change)
    {
        var dictionary = (DictionaryValue)call.Receiver!;
        if (call.MayChange(dictionary.IsShared)) change(dictionary);
        return Value.Null;
    }

    static readonly Dictionary<string, Func<KnownCall, Value>> Objects = new(StringComparer.Ordinal)
    {
        ["ToString"] = c => c.Receiver is Const constant ? new Const(Arithmetic.Text(constant.Content)) : c.Fail("The text is not known at compile time."),
        ["GetValueOrDefault"] = c => c.Receiver is Const { Content: null } && c.Arguments.Length > 0 ? c.Arguments[0] : c.Receiver!,
        ["Equals"] = c => c.Receiver is Const a && c.Arguments is [Const b, ..] ? new Const(Equals(a.Content, b.Content)) : c.Fail("Whether these are equal is not known at compile time."),
        ["StartsWith"] = c => c.Receiver is Const { Content: string a } && c.Arguments is [Const { Content: string b }, ..] ? new Const(a.StartsWith(b, StringComparison.Ordinal)) : c.Fail("The text is not known at compile time."),
        ["EndsWith"] = c => c.Receiver is Const { Content: string a } && c.Arguments is [Const { Content: string b }, ..] ? new Const(a.EndsWith(b, StringComparison.Ordinal)) : c.Fail("The text is not known at compile time."),
        ["Contains"] = c => c.Receiver is Const { Content: string a } && c.Arguments is [Const { Content: string b }, ..] ? new Const(a.Contains(b)) : c.Fail("The text is not known at compile time."),
    };
}
