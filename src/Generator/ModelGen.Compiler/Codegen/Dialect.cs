using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// How one target language spells the inside of a loop: a column of the <see cref="Intrinsic"/> table, its literals, and how it reads, writes and
/// declares an element. A new back end is a new instance, not a new renderer.
/// </summary>
internal sealed class Dialect
{
    /// <summary>Words that cannot be names in C#. Contextual keywords are harmless.</summary>
    public static readonly IReadOnlyCollection<string> CSharpKeywords = new HashSet<string>(StringComparer.Ordinal)
    {
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using",
        "virtual", "void", "volatile", "while",
    };

    // The functions that kernels call: a local variable of that name would hide them.
    static IEnumerable<string> OpenClFunctions => Intrinsic.All.SelectMany(i => Regex.Matches(i.OpenCl, @"[a-z_]\w*(?=\()").Cast<Match>().Select(m => m.Value));

    /// <summary>Words that cannot be names in OpenCL C.</summary>
    public static readonly IReadOnlyCollection<string> OpenClKeywords = new HashSet<string>(OpenClFunctions, StringComparer.Ordinal)
    {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline",
        "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void",
        "volatile", "while", "bool", "half", "quad", "complex", "imaginary", "uchar", "ushort", "uint", "ulong", "event_t", "sampler_t", "size_t",
        "kernel", "global", "local", "constant", "private", "generic", "pipe", "uniform", "true", "false",
        "barrier", "isnan",
    };

    /// <summary>What the printed loops call their own things in C#.</summary>
    public static readonly IReadOnlyList<string> CSharpLoopWords =
        ["team", "row", "rows", "column", "columns", "from", "to", "c", "batch", "block", "end", "first", "panels", "V", "T"];

    /// <summary>What the printed loops call their own things in OpenCL C.</summary>
    public static readonly IReadOnlyList<string> OpenClLoopWords = ["i", "row", "c", "first", "end", "item", "lane", "group", "partial"];

    /// <summary>The template of an intrinsic.</summary>
    public required Func<Intrinsic, string> Spelling { get; init; }

    public required Func<double, string> Literal { get; init; }

    /// <summary>The coordinate along the last axis.</summary>
    public required string Coordinate { get; init; }

    /// <summary>The element that a pointer to a row has at the current column.</summary>
    public required Func<string, string> Load { get; init; }

    /// <summary>The statement that writes a value, which may need parentheses, to the current column of a row.</summary>
    public required Func<string, ScalarRenderer.Binding, string, string> Store { get; init; }

    /// <summary>The same of a pointer to numbers of 16 bits, by their format.</summary>
    public required Func<string, DType, string> LoadNarrow { get; init; }

    /// <summary>The statement that rounds a value, which may need parentheses, to 16 bits and writes it.</summary>
    public required Func<string, string, DType, string> StoreNarrow { get; init; }

    /// <summary>A single number as a value of the loop.</summary>
    public required Func<string, string> Broadcast { get; init; }

    /// <summary>A value that is one for the whole row, as a value of the loop.</summary>
    public required Func<string, string> RowValue { get; init; }

    /// <summary>The type of a local variable that holds an element.</summary>
    public required string Local { get; init; }

    /// <summary>The type of a pointer to elements of a type, which are only read or written too.</summary>
    public required Func<DType, bool, string> Pointer { get; init; }

    /// <summary>The type of sizes and indices.</summary>
    public required string Index { get; init; }

    /// <summary>Words that are no names.</summary>
    public required IReadOnlyCollection<string> Keywords { get; init; }

    /// <summary>Names that the printed loops use themselves.</summary>
    public required IReadOnlyList<string> LoopWords { get; init; }

    /// <summary>Fresh names beside those given.</summary>
    public Identifiers Names(IEnumerable<string> taken) => new(taken.Concat(LoopWords), Keywords);

    /// <summary>C# over a vector type V.</summary>
    public static Dialect Vector(DType type) => new()
    {
        Spelling = i => i.Simd,
        Literal = v => v == 0 ? "V.Zero" : v == 1 ? "V.One" : $"V.Create({Number(v, type)})",
        Coordinate = "V.CreateSequence(c)",
        Load = pointer => $"V.Load({pointer} + c)",
        Store = (value, binding, pointer) => binding == ScalarRenderer.Binding.Atom ? $"{value}.Store({pointer} + c);" : $"({value}).Store({pointer} + c);",
        LoadNarrow = (pointer, format) => $"Narrow.Load<V, {format.CSharp()}>({pointer} + c)",
        StoreNarrow = (value, pointer, format) => $"Narrow.Store<V, {format.CSharp()}>({value}, {pointer} + c);",
        Broadcast = number => $"V.Create({number})",
        RowValue = number => $"V.Create({number})",
        Local = "var",
        Pointer = (t, _) => t.CSharp() + "*",
        Index = "nint",
        Keywords = CSharpKeywords,
        LoopWords = CSharpLoopWords,
    };

    /// <summary>C# over a vector type V whose lanes are rows: column c of all of them is one vector.</summary>
    public static Dialect Lanes(DType type) => new()
    {
        Spelling = i => i.Simd,
        Literal = v => v == 0 ? "V.Zero" : v == 1 ? "V.One" : $"V.Create({Number(v, type)})",
        Coordinate = $"V.Create(({type.CSharp()})c)",
        Load = pointer => $"V.Load({pointer} + c * V.Count)",
        Store = (value, binding, pointer) => binding == ScalarRenderer.Binding.Atom ? $"{value}.Store({pointer} + c * V.Count);" : $"({value}).Store({pointer} + c * V.Count);",
        LoadNarrow = (_, _) => throw new NotSupportedException("Transposed rows have 32 bits."),
        StoreNarrow = (_, _, _) => throw new NotSupportedException("Transposed rows have 32 bits."),
        Broadcast = number => $"V.Create({number})",
        RowValue = vector => vector,
        Local = "var",
        Pointer = (t, _) => t.CSharp() + "*",
        Index = "nint",
        Keywords = CSharpKeywords,
        LoopWords = CSharpLoopWords,
    };

    /// <summary>C# on single numbers.</summary>
    public static Dialect Scalar(DType type) => new()
    {
        Spelling = i => i.CSharp.Replace("{T}", type.CSharp()).Replace("{S}", type == DType.Float64 ? "F64x1" : "F32x1"),
        Literal = v => Number(v, type),
        Coordinate = "c",
        Load = pointer => pointer + "[c]",
        Store = (value, _, pointer) => $"{pointer}[c] = {value};",
        LoadNarrow = (pointer, _) => $"({type.CSharp()}){pointer}[c]",
        StoreNarrow = (value, pointer, format) => $"{pointer}[c] = ({format.CSharp()})({value});",
        Broadcast = number => number,
        RowValue = number => number,
        Local = "var",
        Pointer = (t, _) => t.CSharp() + "*",
        Index = "nint",
        Keywords = CSharpKeywords,
        LoopWords = CSharpLoopWords,
    };

    /// <summary>OpenCL C 1.2: one work-item computes one element at a time. Its type names of elements are those of C#.</summary>
    public static Dialect OpenCl(DType type) => new()
    {
        Spelling = i => i.OpenCl,
        Literal = v => OpenClNumber(v, type),
        Coordinate = $"({type.CSharp()})c",
        Load = pointer => pointer + "[c]",
        Store = (value, _, pointer) => $"{pointer}[c] = {value};",
        LoadNarrow = (_, _) => throw new NotSupportedException("Buffers of OpenCL programs have 32 bits."),
        StoreNarrow = (_, _, _) => throw new NotSupportedException("Buffers of OpenCL programs have 32 bits."),
        Broadcast = number => number,
        RowValue = number => number,
        Local = type.CSharp(),
        Pointer = (t, isRead) => $"__global {(isRead ? "const " : "")}{t.CSharp()}*",
        Index = "int",
        Keywords = OpenClKeywords,
        LoopWords = OpenClLoopWords,
    };

    /// <summary>A C# literal of the element type, in the shortest form that reads back as the same value.</summary>
    public static string Number(double value, DType type)
    {
        var name = type.CSharp();
        if (double.IsNaN(value)) return name + ".NaN";
        if (double.IsPositiveInfinity(value)) return name + ".PositiveInfinity";
        if (double.IsNegativeInfinity(value)) return name + ".NegativeInfinity";
        return Digits(value, type) + (type == DType.Float32 ? "f" : "d");
    }

    /// <summary>The same as C: <c>1f</c> is none there.</summary>
    static string OpenClNumber(double value, DType type)
    {
        if (double.IsNaN(value)) return "NAN";
        if (double.IsInfinity(value)) return value > 0 ? "INFINITY" : "-INFINITY";
        var digits = Digits(value, type);
        if (digits.IndexOfAny(['.', 'E']) < 0) digits += ".0";
        return digits + (type == DType.Float32 ? "f" : "");
    }

    static string Digits(double value, DType type) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e6 ? value.ToString("0", CultureInfo.InvariantCulture)
        : type == DType.Float32 ? ShortestFloat((float)value)
        : value.ToString("R", CultureInfo.InvariantCulture);

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
