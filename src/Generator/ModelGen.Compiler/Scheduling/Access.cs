namespace ModelGen.Compiler.Scheduling;

/// <summary>
/// How one operand of a loop over rows x columns is reached: a column step of 0 (one value per row) or 1 (contiguous), and a row
/// offset made of terms <c>(row / Divisor % Modulus) * Stride</c>.
/// </summary>
internal sealed record Access(bool ContiguousColumns, IReadOnlyList<RowTerm> RowTerms)
{
    /// <summary>The same value everywhere: a scalar.</summary>
    public bool IsScalar => !ContiguousColumns && RowTerms.Count == 0;
}

/// <param name="Divisor">Product of the sizes of the row axes further inside; 1 for the innermost.</param>
/// <param name="Modulus">Size of this run of row axes; null for the outermost, which needs none.</param>
/// <param name="Stride">Elements between neighbours.</param>
internal sealed record RowTerm(Dim Divisor, Dim? Modulus, Dim Stride);

/// <summary>An iteration space: the axes of a shape, of which the last ones are columns and all before them rows.</summary>
internal sealed class LoopSpace(Shape shape, int split)
{
    public Shape Shape { get; } = shape;

    /// <summary>The first column axis.</summary>
    public int Split { get; } = split;

    public Dim Rows { get; } = shape.Product(0, split);
    public Dim Columns { get; } = shape.Product(split, shape.Rank);

    /// <summary>
    /// The space with the most columns in which all operands can be reached: trailing axes are merged while every operand is either
    /// contiguous or constant along all of them.
    /// </summary>
    public static LoopSpace Widest(Shape shape, IReadOnlyList<Shape> operands, bool lastAxisOnly)
    {
        int split = Math.Max(0, shape.Rank - 1);
        while (!lastAxisOnly && split > 0 && operands.All(o => new LoopSpace(shape, split - 1).CanAccess(o))) split--;
        return new LoopSpace(shape, split);
    }

    /// <summary>How an operand that broadcasts to the space's shape is reached; null when its columns are neither contiguous nor constant.</summary>
    public Access? TryAccess(Shape operand)
    {
        var strides = Strides(operand);
        bool? contiguous = ColumnStep(strides);
        return contiguous is bool c ? new Access(c, RowTerms(strides)) : null;
    }

    /// <summary>Whether <see cref="TryAccess"/> finds a way.</summary>
    public bool CanAccess(Shape operand) => ColumnStep(Strides(operand)) is not null;

    /// <summary>The same rows and columns over another shape of the same elements.</summary>
    public LoopSpace Reshaped(Shape shape) => WithColumns(shape, Columns)
        ?? throw new InvalidOperationException($"{shape} cannot be seen as {Rows} rows of {Columns} columns.");

    /// <summary>The space over <paramref name="shape"/> whose trailing axes make up <paramref name="columns"/>, or null.</summary>
    public static LoopSpace? WithColumns(Shape shape, Dim columns)
    {
        for (int split = shape.Rank; split >= 0; split--)
            if (shape.Product(split, shape.Rank) == columns) return new LoopSpace(shape, split);
        return null;
    }

    public override string ToString() => $"{Shape} as {Rows} x {Columns}";

    // Stride of the operand along each axis of the space; 0 where it is repeated; null where the axis has size 1.
    Dim?[] Strides(Shape operand)
    {
        var strides = new Dim?[Shape.Rank];
        var step = Dim.One;
        for (int i = Shape.Rank - 1, j = operand.Rank - 1; i >= 0; i--, j--)
        {
            if (!Shape[i].IsOne) strides[i] = j < 0 || operand[j].IsOne ? Dim.Zero : step;
            if (j >= 0) step *= operand[j];
        }
        return strides;
    }

    bool? ColumnStep(Dim?[] strides)
    {
        bool repeated = true, contiguous = true;
        var step = Dim.One;
        for (int i = Shape.Rank - 1; i >= Split; i--)
        {
            if (strides[i] is not { } stride) continue;
            repeated &= stride.IsZero;
            contiguous &= stride == step;
            step *= Shape[i];
        }
        return repeated ? false : contiguous ? true : null;
    }

    List<RowTerm> RowTerms(Dim?[] strides)
    {
        // Runs of row axes that the operand walks evenly, innermost first.
        var runs = new List<(Dim Size, Dim Stride)>();
        for (int i = Split - 1; i >= 0; i--)
        {
            if (strides[i] is not { } stride) continue;
            if (runs.Count > 0 && stride == runs[runs.Count - 1].Stride * runs[runs.Count - 1].Size)
                runs[runs.Count - 1] = (runs[runs.Count - 1].Size * Shape[i], runs[runs.Count - 1].Stride);
            else
                runs.Add((Shape[i], stride));
        }
        var terms = new List<RowTerm>();
        var divisor = Dim.One;
        for (int i = 0; i < runs.Count; i++)
        {
            if (!runs[i].Stride.IsZero) terms.Add(new RowTerm(divisor, i == runs.Count - 1 ? null : runs[i].Size, runs[i].Stride));
            divisor *= runs[i].Size;
        }
        return terms;
    }
}
