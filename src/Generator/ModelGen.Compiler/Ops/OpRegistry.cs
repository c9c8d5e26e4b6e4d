namespace ModelGen.Compiler.Ops;

/// <summary>Every method of the public tensor surface, one line each. Tests, the eager surface and capture all start here.</summary>
internal static class OpRegistry
{
    public static readonly IReadOnlyList<TensorMethod> Methods =
    [
        // arithmetic
        Add.Method,
        Subtract.Method,
        Multiply.Method,
        Divide.Method,
        Negate.Method,

        // activations
        Relu.Method,

        // products
        MatMul.Method,

        // reductions
        Sum.Method,

        // movement
        BroadcastTo.Method,
        Permute.Method,
        Reshape.Method,
    ];

    static readonly Dictionary<string, TensorMethod> ByName = Methods.ToDictionary(Key, StringComparer.Ordinal);

    /// <summary>The method of that name and number of parameters ("operator -" is both unary and binary), or null.</summary>
    public static TensorMethod? Find(string name, int parameters) =>
        ByName.TryGetValue(name + "/" + parameters, out var method) ? method : null;

    static string Key(TensorMethod method) => method.Name + "/" + method.Parameters.Count;
}
