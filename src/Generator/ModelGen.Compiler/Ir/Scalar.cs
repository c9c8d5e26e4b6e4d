using System.Globalization;

namespace ModelGen.Compiler.Ir;

/// <summary>
/// A scalar expression: the meaning of an elementwise op, and the inside of every fused kernel. Back ends print it through one
/// renderer; the reference evaluates it. Immutable, compared by structure.
/// </summary>
internal abstract record Scalar
{
    /// <summary>The value of operand <paramref name="Index"/> at this element.</summary>
    internal sealed record Operand(int Index) : Scalar;

    internal sealed record Constant(double Value) : Scalar;

    /// <summary>The element's coordinate along the last axis of the result: 0, 1, 2, ...</summary>
    internal sealed record Coordinate : Scalar;

    /// <summary>One of the intrinsics that every dialect can spell.</summary>
    internal sealed record Call(Intrinsic Function, Scalar A, Scalar? B = null, Scalar? C = null) : Scalar;

    /// <summary>What one element costs, in units of <see cref="Intrinsic.Cost"/>.</summary>
    public int Cost => this is Call c ? c.Function.Cost + c.A.Cost + (c.B?.Cost ?? 0) + (c.C?.Cost ?? 0) : 0;

    public static implicit operator Scalar(double value) => new Constant(value);

    public static Scalar operator +(Scalar a, Scalar b) => new Call(Intrinsic.Add, a, b);
    public static Scalar operator -(Scalar a, Scalar b) => new Call(Intrinsic.Subtract, a, b);
    public static Scalar operator *(Scalar a, Scalar b) => new Call(Intrinsic.Multiply, a, b);
    public static Scalar operator /(Scalar a, Scalar b) => new Call(Intrinsic.Divide, a, b);
    public static Scalar operator -(Scalar a) => new Call(Intrinsic.Negate, a);

    public static Scalar Max(Scalar a, Scalar b) => new Call(Intrinsic.Max, a, b);
    public static Scalar Min(Scalar a, Scalar b) => new Call(Intrinsic.Min, a, b);
    public static Scalar Abs(Scalar a) => new Call(Intrinsic.Abs, a);
    public static Scalar Sqrt(Scalar a) => new Call(Intrinsic.Sqrt, a);
    public static Scalar Floor(Scalar a) => new Call(Intrinsic.Floor, a);
    public static Scalar Round(Scalar a) => new Call(Intrinsic.Round, a);
    public static Scalar Exp(Scalar a) => new Call(Intrinsic.Exp, a);
    public static Scalar Expm1(Scalar a) => new Call(Intrinsic.Expm1, a);
    public static Scalar Log(Scalar a) => new Call(Intrinsic.Log, a);
    public static Scalar Tanh(Scalar a) => new Call(Intrinsic.Tanh, a);
    public static Scalar Sigmoid(Scalar a) => new Call(Intrinsic.Sigmoid, a);
    public static Scalar Erf(Scalar a) => new Call(Intrinsic.Erf, a);
    public static Scalar Sin(Scalar a) => new Call(Intrinsic.Sin, a);
    public static Scalar Cos(Scalar a) => new Call(Intrinsic.Cos, a);
    public static Scalar Atan(Scalar a) => new Call(Intrinsic.Atan, a);
    public static Scalar RoundTo(Scalar a, DType format) => new Call(format == DType.BFloat16 ? Intrinsic.BFloat16 : Intrinsic.Float16, a);
    public static Scalar Pow(Scalar a, Scalar b) => new Call(Intrinsic.Pow, a, b);

    /// <summary>
    /// log(1 + a) without loss for small a (W. Kahan): with u = 1 + a rounded, log(u) · a / (u - 1) repairs the rounding of u.
    /// </summary>
    public static Scalar Log1p(Scalar a)
    {
        var u = 1 + a;
        return Select(Equal(u, 1), a, Log(u) * a / (u - 1));
    }

    /// <summary>Comparisons are truth values: only <see cref="Select"/> reads them.</summary>
    public static Scalar Less(Scalar a, Scalar b) => new Call(Intrinsic.Less, a, b);
    public static Scalar LessOrEqual(Scalar a, Scalar b) => new Call(Intrinsic.LessOrEqual, a, b);
    public static Scalar Greater(Scalar a, Scalar b) => new Call(Intrinsic.Greater, a, b);
    public static Scalar GreaterOrEqual(Scalar a, Scalar b) => new Call(Intrinsic.GreaterOrEqual, a, b);
    public static Scalar Equal(Scalar a, Scalar b) => new Call(Intrinsic.Equal, a, b);

    /// <summary><paramref name="condition"/> ? a : b.</summary>
    public static Scalar Select(Scalar condition, Scalar a, Scalar b) => new Call(Intrinsic.Select, condition, a, b);

    /// <summary>The value in double precision; truth values are 1 and 0.</summary>
    public double Evaluate(Func<int, double> operand, int coordinate = 0) => this switch
    {
        Operand o => operand(o.Index),
        Constant c => c.Value,
        Coordinate => coordinate,
        Call c => c.Function.Evaluate(c.A.Evaluate(operand, coordinate), c.B?.Evaluate(operand, coordinate) ?? 0, c.C?.Evaluate(operand, coordinate) ?? 0),
        _ => throw new InvalidOperationException("Unknown scalar expression."),
    };

    /// <summary>Whether a function occurs in it.</summary>
    public bool Contains(Intrinsic function) => this is Call c && (c.Function == function || c.A.Contains(function) || (c.B?.Contains(function) ?? false) || (c.C?.Contains(function) ?? false));

    /// <summary>The same expression with operands replaced.</summary>
    public Scalar Substitute(Func<int, Scalar> operand) => this switch
    {
        Operand o => operand(o.Index),
        Call c => new Call(c.Function, c.A.Substitute(operand), c.B?.Substitute(operand), c.C?.Substitute(operand)),
        _ => this,
    };

    public sealed override string ToString() => this switch
    {
        Operand o => "x" + o.Index.ToString(CultureInfo.InvariantCulture),
        Constant c => c.Value.ToString("R", CultureInfo.InvariantCulture),
        Coordinate => "coordinate",
        Call c => c.Function.Name + "(" + string.Join(", ", new[] { c.A, c.B, c.C }.Where(x => x is not null)) + ")",
        _ => "?",
    };
}
