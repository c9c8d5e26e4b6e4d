namespace ModelGen.Compiler.Shapes;

/// <summary>NumPy's broadcasting rule: align at the last axis; sizes must be equal or one of them 1.</summary>
internal static class Broadcasting
{
    public static Shape Combine(string what, Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var result = new Dim[rank];
        for (int i = 0; i < rank; i++)
        {
            var x = i < rank - a.Rank ? Dim.One : a[i - (rank - a.Rank)];
            var y = i < rank - b.Rank ? Dim.One : b[i - (rank - b.Rank)];
            result[i] = x == y || y.IsOne ? x : x.IsOne ? y : throw new ModelException(Rules.Broadcast,
                $"'{what}' cannot combine {a} with {b}: counted from the end, axis {rank - 1 - i} has size {x} on the left and {y} on the right; " +
                "they must be equal, or one of them 1.");
        }
        return new Shape(result);
    }

    /// <summary>The axes of <paramref name="wide"/> along which a value of shape <paramref name="narrow"/> is repeated.</summary>
    public static int[] RepeatedAxes(Shape narrow, Shape wide)
    {
        int offset = wide.Rank - narrow.Rank;
        return Enumerable.Range(0, wide.Rank).Where(i => i < offset || (narrow[i - offset].IsOne && !wide[i].IsOne)).ToArray();
    }
}
