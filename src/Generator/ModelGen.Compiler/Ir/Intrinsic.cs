namespace ModelGen.Compiler.Ir;

/// <summary>
/// A scalar function that every dialect can spell; one row per intrinsic, one column per dialect ({0}, {1}, {2} are the operands).
/// Everything else is an expression over these. <see cref="Cost"/> is roughly in multiply-adds and decides recompute against save.
/// </summary>
internal sealed class Intrinsic
{
    // Before the rows, which enter themselves.
    static readonly List<Intrinsic> all = [];

    Intrinsic(string name, int cost, string simd, string csharp, string openCl, Func<double, double, double, double> evaluate)
    {
        (Name, Cost, Simd, CSharp, OpenCl, Evaluate) = (name, cost, simd, csharp, openCl, evaluate);
        all.Add(this);
    }

    /// <summary>Every row of the table.</summary>
    public static IReadOnlyList<Intrinsic> All => all;

    public string Name { get; }
    public int Cost { get; }

    /// <summary>C# over a vector type <c>V : ISimd&lt;V, T&gt;</c>.</summary>
    public string Simd { get; }

    /// <summary>
    /// C# on single numbers; {T} is the element type, {S} the one-lane vector, whose functions give the bits of a lane of a wider one: what is left at
    /// the end of a row must not depend on where the row was cut.
    /// </summary>
    public string CSharp { get; }

    /// <summary>OpenCL C 1.2. <c>larger</c> and <c>smaller</c> are printed with the program: fmax and fmin forget a NaN.</summary>
    public string OpenCl { get; }

    public Func<double, double, double, double> Evaluate { get; }

    public static readonly Intrinsic Add = new("add", 1, "{0} + {1}", "{0} + {1}", "{0} + {1}", (a, b, _) => a + b);
    public static readonly Intrinsic Subtract = new("sub", 1, "{0} - {1}", "{0} - {1}", "{0} - {1}", (a, b, _) => a - b);
    public static readonly Intrinsic Multiply = new("mul", 1, "{0} * {1}", "{0} * {1}", "{0} * {1}", (a, b, _) => a * b);
    public static readonly Intrinsic Divide = new("div", 5, "{0} / {1}", "{0} / {1}", "{0} / {1}", (a, b, _) => a / b);
    public static readonly Intrinsic Negate = new("neg", 1, "-{0}", "-{0}", "-{0}", (a, _, _) => -a);

    // Max(a, b) gives b when either is NaN, as the hardware does: write the constant first to let a NaN through.
    public static readonly Intrinsic Max = new("max", 1, "V.Max({0}, {1})", "{T}.Max({0}, {1})", "larger({0}, {1})", (a, b, _) => a > b ? a : b);
    public static readonly Intrinsic Min = new("min", 1, "V.Min({0}, {1})", "{T}.Min({0}, {1})", "smaller({0}, {1})", (a, b, _) => a < b ? a : b);
    public static readonly Intrinsic Abs = new("abs", 1, "V.Abs({0})", "{T}.Abs({0})", "fabs({0})", (a, _, _) => Math.Abs(a));
    public static readonly Intrinsic Sqrt = new("sqrt", 5, "V.Sqrt({0})", "{T}.Sqrt({0})", "sqrt({0})", (a, _, _) => Math.Sqrt(a));
    public static readonly Intrinsic Floor = new("floor", 1, "V.Floor({0})", "{T}.Floor({0})", "floor({0})", (a, _, _) => Math.Floor(a));
    public static readonly Intrinsic Round = new("round", 1, "V.Round({0})", "{T}.Round({0})", "rint({0})", (a, _, _) => Math.Round(a));
    public static readonly Intrinsic Exp = new("exp", 12, "V.Exp({0})", "{S}.Exp({0})", "exp({0})", (a, _, _) => Math.Exp(a));
    public static readonly Intrinsic Expm1 = new("expm1", 16, "V.Expm1({0})", "{S}.Expm1({0})", "expm1({0})", (a, _, _) => SpecialFunctions.Expm1(a));
    public static readonly Intrinsic Log = new("log", 16, "V.Log({0})", "{S}.Log({0})", "log({0})", (a, _, _) => Math.Log(a));
    public static readonly Intrinsic Tanh = new("tanh", 16, "V.Tanh({0})", "{S}.Tanh({0})", "tanh({0})", (a, _, _) => Math.Tanh(a));
    public static readonly Intrinsic Sigmoid = new("sigmoid", 16, "V.Sigmoid({0})", "{S}.Sigmoid({0})", "(1 / (1 + exp(-({0}))))", (a, _, _) => 1 / (1 + Math.Exp(-a)));
    public static readonly Intrinsic Erf = new("erf", 20, "V.Erf({0})", "{S}.Erf({0})", "erf({0})", (a, _, _) => SpecialFunctions.Erf(a));
    public static readonly Intrinsic Sin = new("sin", 16, "V.Sin({0})", "{S}.Sin({0})", "sin({0})", (a, _, _) => Math.Sin(a));
    public static readonly Intrinsic Cos = new("cos", 16, "V.Cos({0})", "{S}.Cos({0})", "cos({0})", (a, _, _) => Math.Cos(a));
    public static readonly Intrinsic Atan = new("atan", 20, "V.Atan({0})", "{S}.Atan({0})", "atan({0})", (a, _, _) => Math.Atan(a));
    public static readonly Intrinsic Pow = new("pow", 30, "V.Pow({0}, {1})", "{S}.Pow({0}, {1})", "pow({0}, {1})", (a, b, _) => Math.Pow(a, b));

    // The nearest number of the format, ties to even.
    public static readonly Intrinsic BFloat16 = new("bfloat16", 3, "Narrow.ToNearest<V, BFloat16>({0})", "(float)(BFloat16)({0})", "nearest_bfloat16({0})", (a, _, _) => NarrowFormat.Round(a, DType.BFloat16));
    public static readonly Intrinsic Float16 = new("float16", 6, "Narrow.ToNearest<V, Half>({0})", "(float)(Half)({0})", "nearest_float16({0})", (a, _, _) => NarrowFormat.Round(a, DType.Float16));

    public static readonly Intrinsic Less = new("lt", 1, "V.LessThan({0}, {1})", "{0} < {1}", "{0} < {1}", (a, b, _) => a < b ? 1 : 0);
    public static readonly Intrinsic LessOrEqual = new("le", 1, "V.LessThanOrEqual({0}, {1})", "{0} <= {1}", "{0} <= {1}", (a, b, _) => a <= b ? 1 : 0);
    public static readonly Intrinsic Greater = new("gt", 1, "V.GreaterThan({0}, {1})", "{0} > {1}", "{0} > {1}", (a, b, _) => a > b ? 1 : 0);
    public static readonly Intrinsic GreaterOrEqual = new("ge", 1, "V.GreaterThanOrEqual({0}, {1})", "{0} >= {1}", "{0} >= {1}", (a, b, _) => a >= b ? 1 : 0);
    public static readonly Intrinsic Equal = new("eq", 1, "V.Equal({0}, {1})", "{0} == {1}", "{0} == {1}", (a, b, _) => a == b ? 1 : 0);
    public static readonly Intrinsic Select = new("select", 1, "V.Select({0}, {1}, {2})", "{0} ? {1} : {2}", "({0} ? {1} : {2})", (c, a, b) => c != 0 ? a : b);

    public bool IsComparison => Name is "lt" or "le" or "gt" or "ge" or "eq";

    public override string ToString() => Name;
}
