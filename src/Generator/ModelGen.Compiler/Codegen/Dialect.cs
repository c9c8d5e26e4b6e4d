using System.Globalization;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// How one target language spells scalar expressions: a column of the <see cref="Intrinsic"/> table and the form of its literals. A new
/// back end is a new instance, not a new renderer.
/// </summary>
internal sealed class Dialect
{
    /// <summary>The template of an intrinsic.</summary>
    public required Func<Intrinsic, string> Spelling { get; init; }

    public required Func<double, string> Literal { get; init; }

    /// <summary>The coordinate along the last axis.</summary>
    public required string Coordinate { get; init; }

    /// <summary>C# over a vector type V.</summary>
    public static Dialect Vector(DType type) => new()
    {
        Spelling = i => i.Simd,
        Literal = v => v == 0 ? "V.Zero" : v == 1 ? "V.One" : $"V.Create({Number(v, type)})",
        Coordinate = "V.CreateSequence(c)",
    };

    /// <summary>C# on single numbers.</summary>
    public static Dialect Scalar(DType type) => new()
    {
        Spelling = i => i.CSharp.Replace("{T}", type.CSharp()).Replace("{S}", type == DType.Float64 ? "F64x1" : "F32x1"),
        Literal = v => Number(v, type),
        Coordinate = "c",
    };

    /// <summary>A literal of the element type, in the shortest form that reads back as the same value.</summary>
    public static string Number(double value, DType type)
    {
        var name = type.CSharp();
        if (double.IsNaN(value)) return name + ".NaN";
        if (double.IsPositiveInfinity(value)) return name + ".PositiveInfinity";
        if (double.IsNegativeInfinity(value)) return name + ".NegativeInfinity";
        if (value == Math.Floor(value) && Math.Abs(value) < 1e6) return value.ToString("0", CultureInfo.InvariantCulture) + (type == DType.Float32 ? "f" : "d");
        return type == DType.Float32
            ? ShortestFloat((float)value) + "f"
            : value.ToString("R", CultureInfo.InvariantCulture) + "d";
    }

    static string ShortestFloat(float value)
    {
        for (int digits = 6; digits <= 9; digits++)
        {
            var text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float back) && back == value) return text;
        }
        return value.ToString("R", CultureInfo.InvariantCulture);
    }
}
