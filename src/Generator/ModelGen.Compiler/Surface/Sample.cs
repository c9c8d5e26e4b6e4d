namespace ModelGen.Compiler.Surface;

/// <summary>
/// One set of arguments to test a <see cref="TensorMethod"/> or a layer with: shapes for the tensors (in order), a range for their values, and the
/// other arguments by name.
/// </summary>
internal sealed class Sample
{
    public Sample(params int[][] shapes) => Shapes = shapes;

    public IReadOnlyList<int[]> Shapes { get; }

    /// <summary>Values are drawn uniformly from [Low, High); keep away from kinks and poles.</summary>
    public double Low { get; init; } = -2;
    public double High { get; init; } = 2;

    /// <summary>Where it is not 0, values are multiples of it: for ops that ask whether two are equal.</summary>
    public double Grid { get; init; }

    /// <summary>What is added to the diagonal of the matrices of the first tensor: for ops that need them to be far from singular.</summary>
    public double Diagonal { get; init; }

    /// <summary>Exclusive upper bound of integer tensors (class indices).</summary>
    public int Classes { get; init; } = 5;

    /// <summary>The lowest value of integer tensors.</summary>
    public int LowestClass { get; init; }

    /// <summary>Of a layer: the method that is called, when it is not Forward. Its inputs are the first ones, as many as there are shapes.</summary>
    public string? Method { get; init; }

    /// <summary>The axis of each tensor that holds the batch, where it is not the first.</summary>
    public IReadOnlyList<int> BatchAxes { get; init; } = [];

    /// <summary>Arguments that are not tensors: int, double, bool, int[].</summary>
    public Dictionary<string, object> Arguments { get; init; } = [];

    /// <summary>The sample with one argument more.</summary>
    public Sample With(string name, object value) => new(Shapes.ToArray())
    {
        Low = Low,
        High = High,
        Grid = Grid,
        Diagonal = Diagonal,
        Classes = Classes,
        LowestClass = LowestClass,
        Method = Method,
        BatchAxes = BatchAxes,
        Arguments = new(Arguments) { [name] = value },
    };
}
