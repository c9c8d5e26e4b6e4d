using System.Collections;
using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// Walks a model's layer objects and tells each the path of its weights, so that the eager <c>Forward</c> reads the same weights as the
/// compiled one. A layer that is reached twice keeps its first path, as capture does.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LayerVisitor
{
    readonly ParameterSet parameters;
    readonly string prefix;
    readonly HashSet<object> visited;

    /// <param name="parameters">The model's weights.</param>
    public LayerVisitor(ParameterSet parameters) : this(parameters, "", new(ReferenceEqualityComparer.Instance)) { }

    LayerVisitor(ParameterSet parameters, string prefix, HashSet<object> visited) => (this.parameters, this.prefix, this.visited) = (parameters, prefix, visited);

    /// <summary>Whether every member of the model was there: a constructor that is still running may not have made all of them.</summary>
    internal bool IsComplete { get; private set; } = true;

    /// <summary>Binds every layer of a model to its weights.</summary>
    public static void Bind(ILayerContainer model, ParameterSet parameters) => model.VisitLayers(new LayerVisitor(parameters));

    /// <summary>Binds the layers in one member: a layer, a composite, or a sequence of them (<c>name.0</c>, <c>name.1</c>, ...). Anything else is passed over.</summary>
    public void Visit(string name, object? member)
    {
        string path = prefix.Length == 0 ? name : $"{prefix}.{name}";
        switch (member)
        {
            case Layer layer:
                layer.Bind(parameters, path);
                break;
            case ILayerContainer container:
                if (visited.Add(container)) container.VisitLayers(new LayerVisitor(parameters, path, visited));
                break;
            case null:
                IsComplete = false;
                break;
            case string:
                break;
            case IEnumerable sequence:
                if (!visited.Add(sequence)) break;
                var inner = new LayerVisitor(parameters, path, visited);
                int index = 0;
                foreach (object? item in sequence) inner.Visit((index++).ToString(System.Globalization.CultureInfo.InvariantCulture), item);
                break;
        }
    }
}
