namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>The statements of a sum, a maximum or a minimum: where it starts, and how it takes one more value.</summary>
internal static class ReductionText
{
    public static ReductionKind Kind(Node reduction) => ((ReductionOp)reduction.Op).Kind;

    /// <summary>The value of nothing, as a vector or a single number.</summary>
    public static string Start(Node reduction, string type, bool vector)
    {
        var number = Kind(reduction) switch { ReductionKind.Sum => null, ReductionKind.Max => type + ".NegativeInfinity", _ => type + ".PositiveInfinity" };
        return number is null ? (vector ? "V.Zero" : "0") : vector ? $"V.Create({number})" : number;
    }

    /// <summary>The statement that takes <paramref name="value"/> into <paramref name="accumulator"/>.</summary>
    public static string Accumulate(Node reduction, string accumulator, string value, string type, bool vector)
    {
        var kind = Kind(reduction);
        if (kind == ReductionKind.Sum) return $"{accumulator} += {value};";
        var function = kind == ReductionKind.Max ? "Max" : "Min";
        if (!vector) return $"{accumulator} = {type}.{function}({accumulator}, {value});";
        // Max and Min of the hardware forget a NaN; inside a softmax the sum brings it back, elsewhere it must be kept here.
        return reduction.Origin is not null
            ? $"{accumulator} = V.{function}({accumulator}, {value});"
            : $"{accumulator} = V.Select(V.NotEqual({accumulator}, {accumulator}), {accumulator}, V.{function}({accumulator}, {value}));";
    }
}
