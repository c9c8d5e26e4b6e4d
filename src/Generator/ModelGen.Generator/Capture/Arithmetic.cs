using System.Globalization;

namespace ModelGen.Generator.Capture;

/// <summary>C#'s arithmetic on constants: int wraps, float rounds after each operation. Null means "not defined for these operands".</summary>
internal static class Arithmetic
{
    public static object? Binary(BinaryOperatorKind kind, object? a, object? b) => (a, b) switch
    {
        (bool x, bool y) => Truth(kind, x, y),
        (string or null, string or null) when kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals =>
            Equals(a, b) == (kind == BinaryOperatorKind.Equals),
        _ when kind == BinaryOperatorKind.Add && (a is string || b is string) => Text(a) + Text(b),
        (null, _) or (_, null) => null,
        (float x, float y) => Real(kind, x, y) is double z ? (float)z : Compare(kind, ((double)x).CompareTo(y), float.IsNaN(x) || float.IsNaN(y)),
        (double x, double y) => Real(kind, x, y) is double z ? z : Compare(kind, x.CompareTo(y), double.IsNaN(x) || double.IsNaN(y)),
        (decimal x, decimal y) => Decimal(kind, x, y) ?? Compare(kind, x.CompareTo(y), false),
        (ulong x, ulong y) => Unsigned(kind, x, y) ?? Compare(kind, x.CompareTo(y), false),
        (ulong x, int y) => kind == BinaryOperatorKind.LeftShift ? x << y : kind == BinaryOperatorKind.RightShift ? x >> y : null,
        _ when Whole(a) is long x && Whole(b) is long y => Wrap(a, Integer(kind, x, y, a is long ? 63 : 31)) ?? Compare(kind, x.CompareTo(y), false),
        _ => null,
    };

    public static object? Unary(UnaryOperatorKind kind, object? a) => (kind, a) switch
    {
        (UnaryOperatorKind.Not, bool x) => !x,
        (UnaryOperatorKind.Plus, not null) => a,
        (UnaryOperatorKind.Minus, float x) => -x,
        (UnaryOperatorKind.Minus, double x) => -x,
        (UnaryOperatorKind.Minus, decimal x) => -x,
        (UnaryOperatorKind.Minus, int x) => unchecked(-x),
        (UnaryOperatorKind.Minus, long x) => unchecked(-x),
        (UnaryOperatorKind.BitwiseNegation, int x) => ~x,
        (UnaryOperatorKind.BitwiseNegation, long x) => ~x,
        (UnaryOperatorKind.BitwiseNegation, uint x) => ~x,
        (UnaryOperatorKind.BitwiseNegation, ulong x) => ~x,
        _ => null,
    };

    /// <summary>An explicit numeric conversion, unchecked.</summary>
    public static object? Convert(object? value, SpecialType type)
    {
        if (value is null || type is SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.None or SpecialType.System_String or SpecialType.System_Boolean) return value;
        if (value is bool or string) return value;
        double real = value switch { float f => f, double d => d, decimal m => (double)m, ulong u => u, _ => Whole(value) ?? 0 };
        if (type == SpecialType.System_Single) return (float)real;
        if (type == SpecialType.System_Double) return real;
        if (type == SpecialType.System_Decimal) return value is decimal ? value : System.Convert.ToDecimal(value is char c ? (int)c : value, CultureInfo.InvariantCulture);
        if (type == SpecialType.System_UInt64) return value is ulong ? value : value is float or double or decimal ? (ulong)real : unchecked((ulong)(Whole(value) ?? 0));
        long whole = value is float or double or decimal ? (long)real : value is ulong u64 ? unchecked((long)u64) : Whole(value) ?? 0;
        return unchecked(type switch
        {
            SpecialType.System_SByte => (sbyte)whole,
            SpecialType.System_Byte => (byte)whole,
            SpecialType.System_Int16 => (short)whole,
            SpecialType.System_UInt16 => (ushort)whole,
            SpecialType.System_Int32 => (int)whole,
            SpecialType.System_UInt32 => (uint)whole,
            SpecialType.System_Int64 => whole,
            SpecialType.System_Char => (char)whole,
            _ => (object)value,
        });
    }

    /// <summary>The value as a 64-bit integer; null when it is not a whole number's type.</summary>
    public static long? Whole(object? value) => value switch
    {
        int x => x,
        long x => x,
        uint x => x,
        short x => x,
        ushort x => x,
        byte x => x,
        sbyte x => x,
        char x => x,
        _ => null,
    };

    /// <summary>The value as a double; null when it is not a number.</summary>
    public static double? Number(object? value) => value switch
    {
        float x => x,
        double x => x,
        decimal x => (double)x,
        ulong x => x,
        char => null,
        _ => Whole(value),
    };

    public static string Text(object? value) => value switch
    {
        null => "",
        bool x => x ? "True" : "False",
        IFormattable x => x.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    static object? Truth(BinaryOperatorKind kind, bool x, bool y) => kind switch
    {
        BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => x && y,
        BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => x || y,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => x != y,
        BinaryOperatorKind.Equals => x == y,
        _ => null,
    };

    static double? Real(BinaryOperatorKind kind, double x, double y) => kind switch
    {
        BinaryOperatorKind.Add => x + y,
        BinaryOperatorKind.Subtract => x - y,
        BinaryOperatorKind.Multiply => x * y,
        BinaryOperatorKind.Divide => x / y,
        BinaryOperatorKind.Remainder => x % y,
        _ => null,
    };

    static object? Decimal(BinaryOperatorKind kind, decimal x, decimal y) => kind switch
    {
        BinaryOperatorKind.Add => x + y,
        BinaryOperatorKind.Subtract => x - y,
        BinaryOperatorKind.Multiply => x * y,
        BinaryOperatorKind.Divide => x / y,
        BinaryOperatorKind.Remainder => x % y,
        _ => null,
    };

    static object? Unsigned(BinaryOperatorKind kind, ulong x, ulong y) => unchecked(kind switch
    {
        BinaryOperatorKind.Add => x + y,
        BinaryOperatorKind.Subtract => x - y,
        BinaryOperatorKind.Multiply => x * y,
        BinaryOperatorKind.Divide => x / y,
        BinaryOperatorKind.Remainder => x % y,
        BinaryOperatorKind.And => x & y,
        BinaryOperatorKind.Or => x | y,
        BinaryOperatorKind.ExclusiveOr => x ^ y,
        _ => (object?)null,
    });

    static long? Integer(BinaryOperatorKind kind, long x, long y, int shiftMask) => unchecked(kind switch
    {
        BinaryOperatorKind.Add => x + y,
        BinaryOperatorKind.Subtract => x - y,
        BinaryOperatorKind.Multiply => x * y,
        BinaryOperatorKind.Divide => y == -1 ? -x : x / y,
        BinaryOperatorKind.Remainder => y == -1 ? 0 : x % y,
        BinaryOperatorKind.And => x & y,
        BinaryOperatorKind.Or => x | y,
        BinaryOperatorKind.ExclusiveOr => x ^ y,
        BinaryOperatorKind.LeftShift => x << ((int)y & shiftMask),
        BinaryOperatorKind.RightShift => x >> ((int)y & shiftMask),
        _ => (long?)null,
    });

    // The result has the type of the (already promoted) operands.
    static object? Wrap(object? operand, long? result) => result is not long value ? null : unchecked(operand switch
    {
        long => value,
        uint => (uint)value,
        _ => (object)(int)value,
    });

    static object? Compare(BinaryOperatorKind kind, int order, bool unordered) => kind switch
    {
        BinaryOperatorKind.Equals => !unordered && order == 0,
        BinaryOperatorKind.NotEquals => unordered || order != 0,
        BinaryOperatorKind.LessThan => !unordered && order < 0,
        BinaryOperatorKind.LessThanOrEqual => !unordered && order <= 0,
        BinaryOperatorKind.GreaterThan => !unordered && order > 0,
        BinaryOperatorKind.GreaterThanOrEqual => !unordered && order >= 0,
        _ => null,
    };
}
