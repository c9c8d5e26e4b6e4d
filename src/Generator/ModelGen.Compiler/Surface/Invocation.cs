namespace ModelGen.Compiler.Surface;

/// <summary>Completes the arguments of a call with the defaults of its parameters, and builds its nodes.</summary>
internal static class Invocation
{
    /// <summary>Runs a tensor method; all its results. <paramref name="given"/> may leave out parameters with defaults.</summary>
    public static IReadOnlyList<Node> InvokeAll(Graph graph, TensorMethod method, IReadOnlyDictionary<string, object?> given) =>
        method.BuildAll(new Call(graph, method.Name, Complete(method.Parameters, given)));

    /// <summary>The same of a method with one result; the first of several.</summary>
    public static Node Invoke(Graph graph, TensorMethod method, IReadOnlyDictionary<string, object?> given) => InvokeAll(graph, method, given)[0];

    /// <summary>Applies a layer: its Forward, or the method of that name.</summary>
    public static Node Apply(Graph graph, Layers.LayerDefinition definition, IReadOnlyDictionary<string, object?> given, string path, string displayName,
        IReadOnlyList<Node?> inputs, bool training, Layers.IParameterSource source, string? method = null, bool anyLength = false, bool frozen = false) =>
        ApplyAll(graph, definition, given, path, displayName, inputs, training, source, method, anyLength, frozen)[0];

    /// <summary>The same with all results, for a layer or a method that has several.</summary>
    public static IReadOnlyList<Node> ApplyAll(Graph graph, Layers.LayerDefinition definition, IReadOnlyDictionary<string, object?> given, string path, string displayName,
        IReadOnlyList<Node?> inputs, bool training, Layers.IParameterSource source, string? method = null, bool anyLength = false, bool frozen = false)
    {
        var arguments = new Call(graph, definition.Name, Complete(definition.Constructor.Concat(definition.Properties), given));
        var layer = new Layers.LayerCall(arguments, path, displayName, inputs, training, source) { AnyLength = anyLength, Frozen = frozen };
        if (method is null) return definition.ForwardAll(layer);
        return (definition.Methods.FirstOrDefault(m => m.Name == method) ?? throw new InvalidOperationException($"The layer '{definition.Name}' has no method '{method}'.")).Build(layer);
    }

    static Dictionary<string, object?> Complete(IEnumerable<SurfaceParameter> parameters, IReadOnlyDictionary<string, object?> given)
    {
        var complete = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
            complete[parameter.Name] = given.TryGetValue(parameter.Name, out var value) ? value
                : parameter.HasDefault ? parameter.Default
                : parameter.Kind is ParameterKind.Ints ? Array.Empty<Dim>()
                : throw new ModelException(Rules.Argument, $"The argument '{parameter.Name}' is missing.");
        return complete;
    }
}
