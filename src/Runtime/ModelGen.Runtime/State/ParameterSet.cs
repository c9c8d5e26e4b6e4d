using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>The tensors of a model by name, in the order in which they are stored: trained weights, frozen weights, state.</summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    readonly Parameter[] parameters;
    readonly Dictionary<string, Parameter> byName;

    internal ParameterSet(ModelState state, ModelLayout layout)
    {
        State = state;
        parameters = layout.Parameters.Select(p => new Parameter(state, p)).ToArray();
        byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        TotalCount = parameters.Where(p => p.IsTrainable).Sum(p => (long)p.Length);
    }

    internal ModelState State { get; }

    /// <summary>The number of tensors.</summary>
    public int Count => parameters.Length;

    /// <summary>The number of weights, frozen ones included, state not.</summary>
    public long TotalCount { get; }

    /// <summary>A tensor by position.</summary>
    public Parameter this[int index] => parameters[index];

    /// <summary>A tensor by name, for example <c>conv1.weight</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists near names.</exception>
    public Parameter this[string name] => byName.TryGetValue(name, out var parameter) ? parameter : throw new KeyNotFoundException(
        $"{State.ModelName} has no parameter '{name}'. {NearNames.Suggest(name, byName.Keys, "parameters")}");

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Parameter? parameter) => byName.TryGetValue(name, out parameter);

    /// <summary>All tensors in order.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)parameters).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
