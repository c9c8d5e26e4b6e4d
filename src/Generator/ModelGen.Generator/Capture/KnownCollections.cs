namespace ModelGen.Generator.Capture;

/// <summary>Collections of the framework that capture understands.</summary>
internal static class KnownCollections
{
    /// <summary>A new list or dictionary; null for every other type.</summary>
    public static Value? Create(INamedTypeSymbol type, Value[] arguments)
    {
        if (type.ContainingNamespace?.ToDisplayString() is not "System.Collections.Generic") return null;
        return type.Name switch
        {
            "List" => new Sequence(arguments is [Sequence source] ? source.Items : []),
            "Dictionary" => Copy(arguments),
            "KeyValuePair" when arguments.Length == 2 => new TupleValue(arguments),
            _ => null,
        };
    }

    static DictionaryValue Copy(Value[] arguments)
    {
        var dictionary = new DictionaryValue();
        if (arguments is [DictionaryValue source, ..]) foreach (var (key, value) in source.Items) dictionary.Set(key, value);
        return dictionary;
    }
}
