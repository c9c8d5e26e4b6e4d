namespace ModelGen.Compiler.Surface;

/// <summary>
/// The arguments of one call of a <see cref="TensorMethod"/> or of a layer's constructor and properties, by parameter name.
/// Values are: <see cref="Node"/>, <see cref="Dim"/> (every int), <see cref="double"/>, <see cref="bool"/>, <c>Dim[]</c>, <c>Node[]</c>, <see cref="string"/> or null.
/// </summary>
internal sealed class Call(Graph graph, string method, IReadOnlyDictionary<string, object?> arguments)
{
    public Graph Graph { get; } = graph;
    public string Method { get; } = method;

    public Node Tensor(string name) => (Node)arguments[name]!;
    public Node[] Tensors(string name) => (Node[])arguments[name]!;
    public Dim Size(string name) => (Dim)arguments[name]!;
    public Dim[] Sizes(string name) => (Dim[])arguments[name]!;
    public bool Bool(string name) => (bool)arguments[name]!;
    public double Float(string name) => arguments[name] is Dim whole ? whole.Value : (double)arguments[name]!;
    public string Text(string name) => (string)arguments[name]!;
    public bool Has(string name) => arguments.TryGetValue(name, out var value) && value is not null;

    /// <summary>A whole number that must be known at compile time.</summary>
    public int Int(string name) => Constant(name, Size(name));

    /// <summary>A whole number that is known at compile time and not below <paramref name="least"/>.</summary>
    public int AtLeast(string name, int least) => Int(name) is var value && value >= least ? value : throw new ModelException(Rules.Argument,
        $"'{Method}' needs '{name}' to be at least {least}, but it is {value}.") { Argument = name, Repair = Repair.Set(name, least) };

    /// <summary>What becomes of the elements of a loss.</summary>
    public LossReduction Reduction
    {
        get
        {
            int value = Int("reduction");
            return value is >= 0 and <= (int)LossReduction.None ? (LossReduction)value : throw new ModelException(Rules.Argument,
                $"'{Method}' needs a 'reduction' of Mean, Sum or None, but it is {value}.") { Argument = "reduction" };
        }
    }

    public int? OptionalInt(string name) => Has(name) ? Int(name) : null;
    public int[] Ints(string name) => Sizes(name).Select(d => Constant(name, d)).ToArray();

    /// <summary>An axis of <paramref name="x"/>; negative ones count from the end.</summary>
    public int Axis(string name, Node x) => Axis(Int(name), x, name);

    /// <param name="axis">The axis as given.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="name">The parameter, for the message's place.</param>
    /// <param name="element">Which value of the parameter, where it has several.</param>
    public int Axis(int axis, Node x, string name, int element = 0) => Axis(Method, axis, x.Shape, name, element);

    /// <summary>The same for a method that is no <see cref="TensorMethod"/>.</summary>
    public static int Axis(string method, int axis, Shape x, string name, int element = 0)
    {
        int rank = x.Rank;
        if (axis < -rank || axis >= rank) throw new ModelException(Rules.Axis,
            $"'{method}' is asked for axis {axis}, but the tensor is {x}: {(rank == 0 ? "it has no axes." : $"its axes are 0..{rank - 1}, or -{rank}..-1 from the end.")}")
            {
                Argument = name, Element = element, Repair = rank == 0 ? null : Repair.Set(name, axis < 0 ? -rank : rank - 1, element),
            };
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>Distinct axes, sorted; none given means all of them.</summary>
    public int[] Axes(string name, Node x)
    {
        var given = Has(name) ? Ints(name) : [];
        if (given.Length == 0) return Enumerable.Range(0, x.Shape.Rank).ToArray();
        var axes = given.Select((a, i) => Axis(a, x, name, i)).OrderBy(a => a).ToArray();
        if (axes.Distinct().Count() < axes.Length) throw new ModelException(Rules.Axis,
            $"'{Method}' names an axis twice: {string.Join(", ", given)} of {x.Shape}.") { Argument = name };
        return axes;
    }

    int Constant(string name, Dim value) => value.IsConstant && value.Value is >= int.MinValue and <= int.MaxValue
        ? (int)value.Value
        : throw new ModelException(Rules.Argument, $"'{name}' of '{Method}' must be a constant, but is the size {value}, which is known only at run time.") { Argument = name };
}
