namespace ModelGen.Generator.Capture;

internal static partial class KnownFunctions
{
    static readonly Dictionary<string, Func<KnownCall, Value>> Mathematics = new(StringComparer.Ordinal)
    {
        ["Sqrt"] = Real(Math.Sqrt),
        ["Cbrt"] = Real(x => x < 0 ? -Math.Pow(-x, 1.0 / 3) : Math.Pow(x, 1.0 / 3)),
        ["Exp"] = Real(Math.Exp),
        ["Log2"] = Real(x => Math.Log(x, 2)),
        ["Log10"] = Real(Math.Log10),
        ["Sin"] = Real(Math.Sin),
        ["Cos"] = Real(Math.Cos),
        ["Tan"] = Real(Math.Tan),
        ["Atan"] = Real(Math.Atan),
        ["Tanh"] = Real(Math.Tanh),
        ["Floor"] = Real(Math.Floor),
        ["Ceiling"] = Real(Math.Ceiling),
        ["Truncate"] = Real(Math.Truncate),
        ["Log"] = c => c.Arguments.Length == 2 ? Result(c, Math.Log(Operand(c, 0), Operand(c, 1))) : Result(c, Math.Log(Operand(c, 0))),
        ["Pow"] = c => Result(c, Math.Pow(Operand(c, 0), Operand(c, 1))),
        ["Round"] = c => Result(c, c.Arguments is [_, Const { Content: int digits }] ? Math.Round(Operand(c, 0), digits) : Math.Round(Operand(c, 0))),
        ["Sign"] = c => new Const(Math.Sign(Operand(c, 0))),
        ["Abs"] = c => Exact(c, 0) is { } x && Less(x, Zero(x)) ? new Const(Arithmetic.Unary(UnaryOperatorKind.Minus, x)) : c.Arguments[0],
        ["Max"] = c => Less(Exact(c, 0), Exact(c, 1)) ? c.Arguments[1] : c.Arguments[0],
        ["Min"] = c => Less(Exact(c, 1), Exact(c, 0)) ? c.Arguments[1] : c.Arguments[0],
        ["Clamp"] = c => Less(Exact(c, 0), Exact(c, 1)) ? c.Arguments[1] : Less(Exact(c, 2), Exact(c, 0)) ? c.Arguments[2] : c.Arguments[0],
    };

    static Func<KnownCall, Value> Real(Func<double, double> function) => c => Result(c, function(Operand(c, 0)));

    static Value Result(KnownCall call, double value) => new Const(Arithmetic.Convert(value, call.Method.ReturnType.SpecialType));

    static double Operand(KnownCall call, int index) => Arithmetic.Number(Exact(call, index)) ?? throw Unknown(call);

    static object Exact(KnownCall call, int index) => (call.Arguments[index] as Const)?.Content ?? throw Unknown(call);

    static InvalidCastException Unknown(KnownCall call) => new($"'{call.Method.Name}' needs constants, but an argument is known only at run time.");

    static object Zero(object like) => Arithmetic.Binary(BinaryOperatorKind.Subtract, like, like) ?? 0;

    static bool Less(object a, object b) => Arithmetic.Binary(BinaryOperatorKind.LessThan, a, b) is true;
}
