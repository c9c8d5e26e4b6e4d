using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>How a tensor's first values are drawn.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum InitializerKind
{
    /// <summary>Every element is A.</summary>
    Constant,

    /// <summary>Uniform in [A, B).</summary>
    Uniform,

    /// <summary>Normal with mean A and standard deviation B.</summary>
    Normal,
}

/// <summary>Where one tensor of a model lies in the arena, and what it is.</summary>
/// <param name="Name">PyTorch's <c>state_dict</c> name: <c>blocks.0.norm1.weight</c>.</param>
/// <param name="Shape">The logical shape: PyTorch's order of axes.</param>
/// <param name="StorageAxes">Storage axis i is logical axis <c>StorageAxes[i]</c>; the identity where both orders are the same.</param>
/// <param name="Offset">Of the first element, in elements from the arena's start.</param>
/// <param name="Kind">How <paramref name="A"/> and <paramref name="B"/> are meant.</param>
/// <param name="A">The constant, the lower bound or the mean.</param>
/// <param name="B">The upper bound or the standard deviation.</param>
/// <param name="Frozen">True when no optimizer may change it.</param>
/// <param name="Trainable">False for state that belongs to the model but has no gradient: running statistics.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ParameterLayout(
    string Name, int[] Shape, int[] StorageAxes, long Offset, InitializerKind Kind, double A, double B, bool Frozen, bool Trainable)
{
    /// <summary>The number of elements.</summary>
    public int Length { get; } = Product(Shape);

    /// <summary>True when training changes it by its gradient.</summary>
    public bool HasGradient => Trainable && !Frozen;

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";

    // Loops, not LINQ: every model begins here, and each of LINQ's methods over int would be compiled for it first.
    static int Product(int[] shape)
    {
        int product = 1;
        foreach (int size in shape) product = checked(product * size);
        return product;
    }

    /// <summary>Whether the storage axes are the logical ones in some order.</summary>
    internal bool HasAllAxes()
    {
        for (int axis = 0; axis < Shape.Length; axis++)
            if (Array.IndexOf(StorageAxes, axis) < 0) return false;
        return StorageAxes.Length == Shape.Length;
    }
}

/// <summary>
/// All tensors of a model in one arena: those that training changes first, then the frozen ones, then state. Generated code holds
/// one of these; the constructor checks it, because everything else trusts it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ModelLayout
{
    /// <summary>Offsets are multiples of this many elements, so that every tensor starts at a multiple of 64 bytes.</summary>
    public const int Alignment = 16;

    /// <param name="modelName">The class's name, for messages and files.</param>
    /// <param name="parameters">In order of their offsets.</param>
    /// <param name="elements">The size of the arena.</param>
    /// <param name="trainableElements">The size of the arena's first part, which has gradients.</param>
    /// <param name="storage">What factors of products are rounded to.</param>
    /// <exception cref="ArgumentException">The tensors overlap, leave the arena or are out of order.</exception>
    public ModelLayout(string modelName, ParameterLayout[] parameters, long elements, long trainableElements, StorageFormat storage = StorageFormat.Precision)
    {
        (ModelName, Parameters, Elements, TrainableElements, Storage) = (modelName, parameters, elements, trainableElements, storage);
        var names = new HashSet<string>(StringComparer.Ordinal);
        long end = 0;
        foreach (var p in parameters)
        {
            if (!names.Add(p.Name)) throw new ArgumentException($"The layout of {modelName} has two tensors called '{p.Name}'.", nameof(parameters));
            if (!p.HasAllAxes())
                throw new ArgumentException($"'{p.Name}' of {modelName} has the shape [{string.Join(", ", p.Shape)}], but the storage axes ({string.Join(", ", p.StorageAxes)}).", nameof(parameters));
            if (p.Offset < end || p.Offset % Alignment != 0)
                throw new ArgumentException($"'{p.Name}' of {modelName} is at {p.Offset}; expected a multiple of {Alignment} not below {end}.", nameof(parameters));
            end = p.Offset + p.Length;
            if (p.HasGradient ? end > trainableElements : p.Offset < trainableElements)
                throw new ArgumentException($"'{p.Name}' of {modelName} is on the wrong side of {trainableElements}, where the trained part ends.", nameof(parameters));
        }
        if (end > elements || trainableElements > elements)
            throw new ArgumentException($"The arena of {modelName} has {elements} elements, but its tensors need {Math.Max(end, trainableElements)}.", nameof(elements));
    }

    /// <summary>The class's name.</summary>
    public string ModelName { get; }

    /// <summary>What factors of products are rounded to.</summary>
    public StorageFormat Storage { get; }

    /// <summary>In order of their offsets.</summary>
    public ParameterLayout[] Parameters { get; }

    /// <summary>The size of the arena.</summary>
    public long Elements { get; }

    /// <summary>The size of the arena's first part, which has gradients and is what an optimizer updates.</summary>
    public long TrainableElements { get; }
}
