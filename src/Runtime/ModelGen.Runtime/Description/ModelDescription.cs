namespace ModelGen;

/// <summary>What the compiler knows of a model: made at compile time, without any weights.</summary>
public sealed record ModelDescription
{
    /// <summary>The class's name.</summary>
    public required string Name { get; init; }

    /// <summary>The element type.</summary>
    public Precision Precision { get; init; }

    /// <summary>What the factors of its products are rounded to.</summary>
    public StorageFormat Storage { get; init; }

    /// <summary>The inputs of <c>Forward</c>.</summary>
    public required IReadOnlyList<TensorDescription> Inputs { get; init; }

    /// <summary>The outputs of <c>Forward</c>.</summary>
    public required IReadOnlyList<TensorDescription> Outputs { get; init; }

    /// <summary>Every layer in the order of its first use.</summary>
    public required IReadOnlyList<LayerDescription> Layers { get; init; }

    /// <summary>The compiled functions: Predict, TrainStep, ...</summary>
    public required IReadOnlyList<FunctionDescription> Functions { get; init; }

    /// <summary>Weights that training changes.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Weights that training leaves as they are.</summary>
    public long FrozenParameters { get; init; }

    /// <summary>State such as running statistics, in elements.</summary>
    public long StateElements { get; init; }

    /// <summary>The name of the batch size; empty when the model has none.</summary>
    public string BatchSymbol { get; init; } = "N";

    /// <summary>Multiply-adds of one forward pass.</summary>
    public SizeFormula MultiplyAdds => SizeFormula.Sum(Layers.Select(l => l.MultiplyAdds));

    /// <summary>A table for people: layers, shapes, parameters, multiply-adds, memory, kernels.</summary>
    /// <param name="batch">The batch size to compute with.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public string Summary(int batch) => Execution.SummaryText.Of(this, batch);
}

/// <summary>An input or output.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Type">float, double or int.</param>
/// <param name="Shape">As in messages: <c>[N, 1, 8, 8]</c>.</param>
public sealed record TensorDescription(string Name, string Type, string Shape);

/// <summary>One layer.</summary>
/// <param name="Path">Its name in parameter names: <c>blocks.0.norm1</c>.</param>
/// <param name="Kind">Its class: <c>Conv2d</c>.</param>
/// <param name="OutputShape">As in messages: <c>[N, 16, 8, 8]</c>.</param>
/// <param name="Parameters">Weights and biases, in elements.</param>
/// <param name="MultiplyAdds">Of one application.</param>
public sealed record LayerDescription(string Path, string Kind, string OutputShape, long Parameters, SizeFormula MultiplyAdds);

/// <summary>One compiled function.</summary>
/// <param name="Name">The generated member: <c>TrainStep</c>.</param>
/// <param name="Kernels">What runs, in order.</param>
/// <param name="WorkspaceBytes">The memory of one call.</param>
/// <param name="MultiplyAdds">Of the products and convolutions of one call, those of the backward pass included.</param>
public sealed record FunctionDescription(string Name, IReadOnlyList<KernelDescription> Kernels, SizeFormula WorkspaceBytes, SizeFormula MultiplyAdds);

/// <summary>One pass over memory.</summary>
/// <param name="Name">The generated method.</param>
/// <param name="Fuses">The ops it computes: <c>Conv2d 3x3 1→16, bias, ReLU</c>.</param>
public sealed record KernelDescription(string Name, string Fuses);
