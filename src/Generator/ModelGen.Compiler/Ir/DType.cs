namespace ModelGen.Compiler.Ir;

/// <summary>The type of a tensor's elements.</summary>
internal enum DType
{
    Float32,
    Float64,
    Int32,

    /// <summary>Of memory only: values that are rounded to it are float32 everywhere else.</summary>
    BFloat16,

    /// <inheritdoc cref="BFloat16"/>
    Float16,
}

internal static class DTypes
{
    public static bool IsFloat(this DType type) => type is DType.Float32 or DType.Float64;
    public static int Size(this DType type) => type == DType.Float64 ? 8 : type.IsNarrow() ? 2 : 4;

    /// <summary>True for the formats of 16 bits.</summary>
    public static bool IsNarrow(this DType type) => type is DType.BFloat16 or DType.Float16;

    public static string CSharp(this DType type) => type switch
    {
        DType.Float32 => "float",
        DType.Float64 => "double",
        DType.BFloat16 => "BFloat16",
        DType.Float16 => "Half",
        _ => "int",
    };
}

/// <summary>Element type and shape: what is known of a value at compile time.</summary>
internal sealed record TensorType(DType DType, Shape Shape)
{
    public override string ToString() => $"{DType.CSharp()}{Shape}";
}
