namespace ModelGen.Generator.Capture;

/// <summary>The variables of one block; a new one for each run of it, so that closures catch fresh variables.</summary>
internal sealed class Scope(Scope? parent)
{
    readonly Dictionary<ISymbol, Value> variables = new(SymbolEqualityComparer.Default);

    public void Declare(ISymbol symbol, Value value) => variables[symbol] = value;

    public Value? Find(ISymbol symbol)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
            if (scope.variables.TryGetValue(symbol, out var value)) return value;
        return null;
    }

    /// <summary>Overwrites the variable where it was declared; false when there is none.</summary>
    public bool Assign(ISymbol symbol, Value value)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (!scope.variables.ContainsKey(symbol)) continue;
            scope.variables[symbol] = value;
            return true;
        }
        return false;
    }

    public Scope? Parent { get; } = parent;

    /// <summary>The variables declared here, without those of the scopes around.</summary>
    public IReadOnlyDictionary<ISymbol, Value> Variables => variables;
}

/// <summary>One run of a method body. The chain of callers is the inlining stack, which places diagnostics.</summary>
internal sealed class Frame(Frame? caller, SyntaxNode? callSite, Value? self, Scope scope)
{
    public Frame? Caller { get; } = caller;

    /// <summary>The call in the caller's code.</summary>
    public SyntaxNode? CallSite { get; } = callSite;

    /// <summary><c>this</c>, where there is one.</summary>
    public Value? Self { get; } = self;
    public Scope Scope { get; set; } = scope;
    public int Depth { get; } = caller is null ? 0 : caller.Depth + 1;

    /// <summary>What <c>return</c> gave.</summary>
    public Value Result { get; set; } = Value.Null;

    /// <summary>What an iterator yielded so far; null outside iterators.</summary>
    public List<Value>? Yields { get; set; }

    /// <summary>Objects whose initialisers <c>{ ... }</c> are being run, innermost last.</summary>
    public Stack<Value> Receivers { get; } = new();

    /// <summary>The receivers of <c>?.</c>, innermost last.</summary>
    public Stack<Value> Conditionals { get; } = new();

    /// <summary>Type arguments of the generic method or class that runs.</summary>
    public Dictionary<ISymbol, ITypeSymbol> TypeArguments { get; init; } = new(SymbolEqualityComparer.Default);

    /// <summary>The calls from here outwards.</summary>
    public IEnumerable<SyntaxNode> CallSites()
    {
        for (var frame = this; frame is not null; frame = frame.Caller)
            if (frame.CallSite is not null) yield return frame.CallSite;
    }

    public ITypeSymbol? Resolve(ITypeSymbol? type) =>
        type is ITypeParameterSymbol && TypeArguments.TryGetValue(type.OriginalDefinition, out var argument) ? argument : type;
}
