using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Shapes;

/// <summary>
/// The size of one axis: a polynomial with integer coefficients over named symbols, e.g. <c>64</c>, <c>N</c>, <c>2*N*T + 1</c>.
/// Two sizes are the same exactly when their canonical forms are; a difference that depends on a symbol's value is "unknown"
/// and counts as unequal. Immutable and value-equatable.
/// </summary>
internal sealed class Dim : IEquatable<Dim>
{
    // Monomial (symbols sorted, joined by '*'; "" is the constant term) to coefficient; no zero coefficients.
    readonly SortedDictionary<string, long> terms;
    readonly string text;

    Dim(SortedDictionary<string, long> terms)
    {
        this.terms = terms;
        text = Print(terms);
    }

    public static readonly Dim Zero = Of(0);
    public static readonly Dim One = Of(1);

    public static Dim Of(long value)
    {
        var terms = NewTerms();
        if (value != 0) terms[""] = value;
        return new Dim(terms);
    }

    /// <summary>A named symbol, bound at run time.</summary>
    public static Dim Symbol(string name)
    {
        var terms = NewTerms();
        terms[name] = 1;
        return new Dim(terms);
    }

    public static implicit operator Dim(int value) => Of(value);

    public bool IsConstant => terms.Count == 0 || (terms.Count == 1 && terms.ContainsKey(""));

    /// <summary>The value of a constant size.</summary>
    public long Value => IsConstant
        ? (terms.Count == 0 ? 0 : terms[""])
        : throw new InvalidOperationException($"The size {text} is not a constant.");

    /// <summary>The name, when this is one symbol and nothing else.</summary>
    public string? SymbolName => terms.Count == 1 && Symbols.ToArray() is [var name] && Symbol(name) == this ? name : null;

    public bool IsOne => IsConstant && Value == 1;
    public bool IsZero => terms.Count == 0;
    public bool Is(long value) => IsConstant && Value == value;

    /// <summary>The symbols in this size, sorted. A floor division counts with the symbols inside it.</summary>
    public IEnumerable<string> Symbols =>
        terms.Keys.SelectMany(Factors).SelectMany(f => Quotient.TryParse(f, out var q) ? q.Numerator.Symbols : [f]).Distinct().OrderBy(s => s, StringComparer.Ordinal);

    /// <summary>The terms of the polynomial, the constant one last.</summary>
    public IEnumerable<(long Coefficient, IReadOnlyList<string> Factors)> Terms =>
        terms.OrderBy(t => t.Key.Length == 0).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Value, (IReadOnlyList<string>)Factors(t.Key).ToArray()));

    public static Dim operator +(Dim a, Dim b)
    {
        var terms = NewTerms();
        foreach (var t in a.terms) Add(terms, t.Key, t.Value);
        foreach (var t in b.terms) Add(terms, t.Key, t.Value);
        return new Dim(terms);
    }

    public static Dim operator -(Dim a, Dim b) => a + (b * Of(-1));

    public static Dim operator *(Dim a, Dim b)
    {
        var terms = NewTerms();
        foreach (var x in a.terms)
            foreach (var y in b.terms)
                Add(terms, Multiply(x.Key, y.Key), checked(x.Value * y.Value));
        return new Dim(terms);
    }

    /// <summary>The exact quotient, or null when <paramref name="divisor"/> does not divide this size for every value of the symbols.</summary>
    public Dim? DivideExactly(Dim divisor)
    {
        if (divisor.IsZero) return null;
        if (Equals(divisor)) return One;
        if (divisor.terms.Count != 1) return null;   // a sum divides only itself here: enough for shapes in practice
        var (monomial, coefficient) = (divisor.terms.First().Key, divisor.terms.First().Value);
        var quotient = NewTerms();
        foreach (var t in terms)
        {
            if (t.Value % coefficient != 0) return null;
            var rest = Factors(t.Key).ToList();
            foreach (var f in Factors(monomial))
                if (!rest.Remove(f)) return null;
            quotient[string.Join("*", rest)] = t.Value / coefficient;
        }
        return new Dim(quotient);
    }

    /// <summary>floor(this / divisor), as convolution and pooling need; symbolic when it must be.</summary>
    public Dim FloorDivide(long divisor)
    {
        if (divisor == 1) return this;
        if (IsConstant)
        {
            var quotient = Math.DivRem(Value, divisor, out var remainder);
            return Of(remainder < 0 ? quotient - 1 : quotient);
        }
        return DivideExactly(Of(divisor)) ?? Symbol(new Quotient(this, divisor).ToString());
    }

    /// <summary>The value with every symbol bound.</summary>
    public long Evaluate(Func<string, long> bind)
    {
        long sum = 0;
        foreach (var t in terms)
        {
            long product = t.Value;
            foreach (var f in Factors(t.Key))
                product = checked(product * (Quotient.TryParse(f, out var q) ? FloorDiv(q.Numerator.Evaluate(bind), q.Divisor) : bind(f)));
            sum = checked(sum + product);
        }
        return sum;
    }

    /// <summary>The largest constant that divides every term: 64 for <c>64*N + 128</c>. 0 for the size 0.</summary>
    public long ConstantFactor => terms.Values.Aggregate(0L, (a, b) => Gcd(a, Math.Abs(b)));

    /// <summary>True when this is at least <paramref name="other"/> for all symbols that are at least 1, as far as the coefficients show it.</summary>
    public bool DominatesOrEquals(Dim other) => (this - other).Minimum() >= 0;

    // The smallest value for symbols that are at least 1; null when the coefficients do not show it. A floor division may be 0.
    long? Minimum()
    {
        long sum = 0;
        foreach (var t in terms)
        {
            if (t.Key.Length > 0 && t.Value < 0) return null;
            long product = t.Value;
            foreach (var f in Factors(t.Key))
            {
                var least = Quotient.TryParse(f, out var q) ? q.Minimum() : 1;
                if (least is null or < 0) return null;
                product = checked(product * least.Value);
            }
            sum = checked(sum + product);
        }
        return sum;
    }

    /// <summary>At least this size, with every coefficient a multiple of <paramref name="unit"/>.</summary>
    public Dim RoundCoefficients(int unit)
    {
        var rounded = NewTerms();
        foreach (var t in terms) rounded[t.Key] = t.Value <= 0 ? t.Value / unit * unit : (t.Value + unit - 1) / unit * unit;
        rounded = new SortedDictionary<string, long>(rounded.Where(t => t.Value != 0).ToDictionary(t => t.Key, t => t.Value), StringComparer.Ordinal);
        return new Dim(rounded);
    }

    /// <summary>A C# expression of type <c>nint</c> over variables with the symbols' names.</summary>
    public string ToCode()
    {
        if (terms.Count == 0) return "0";
        var text = new StringBuilder();
        foreach (var t in terms.OrderBy(t => t.Key.Length == 0).ThenBy(t => t.Key, StringComparer.Ordinal))
        {
            var magnitude = Math.Abs(t.Value).ToString(CultureInfo.InvariantCulture);
            if (text.Length > 0) text.Append(t.Value < 0 ? " - " : " + ");
            else if (t.Value < 0) text.Append('-');
            if (t.Key.Length == 0) { text.Append(magnitude); continue; }
            if (magnitude != "1") text.Append(magnitude).Append(" * ");
            text.Append(string.Join(" * ", Factors(t.Key).Select(f => Quotient.TryParse(f, out var q) ? q.ToCode() : f)));
        }
        return text.ToString();
    }

    public bool Equals(Dim? other) => other is not null && text == other.text;
    public override bool Equals(object? obj) => obj is Dim other && Equals(other);
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(text);
    public static bool operator ==(Dim? a, Dim? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Dim? a, Dim? b) => !(a == b);

    /// <summary>As people write it: <c>64</c>, <c>N</c>, <c>2*N + 1</c>.</summary>
    public override string ToString() => text;

    static SortedDictionary<string, long> NewTerms() => new(StringComparer.Ordinal);

    static void Add(SortedDictionary<string, long> terms, string monomial, long coefficient)
    {
        var sum = checked((terms.TryGetValue(monomial, out var old) ? old : 0) + coefficient);
        if (sum == 0) terms.Remove(monomial);
        else terms[monomial] = sum;
    }

    static string Multiply(string a, string b) =>
        a.Length == 0 ? b : b.Length == 0 ? a : string.Join("*", Factors(a).Concat(Factors(b)).OrderBy(f => f, StringComparer.Ordinal));

    // Factors are separated by '*', but a '*' inside a floor division belongs to it.
    static IEnumerable<string> Factors(string monomial)
    {
        int start = 0, depth = 0;
        for (int i = 0; i <= monomial.Length; i++)
        {
            if (i < monomial.Length && monomial[i] == '⌊') depth++;
            if (i < monomial.Length && monomial[i] == '⌋') depth--;
            if (i < monomial.Length && (monomial[i] != '*' || depth > 0)) continue;
            if (i > start) yield return monomial.Substring(start, i - start);
            start = i + 1;
        }
    }

    static long FloorDiv(long a, long b)
    {
        var quotient = Math.DivRem(a, b, out var remainder);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    static string Print(SortedDictionary<string, long> terms)
    {
        if (terms.Count == 0) return "0";
        var text = new StringBuilder();
        foreach (var t in terms.OrderBy(t => t.Key.Length == 0).ThenBy(t => t.Key, StringComparer.Ordinal))
        {
            var magnitude = Math.Abs(t.Value).ToString(CultureInfo.InvariantCulture);
            if (text.Length > 0) text.Append(t.Value < 0 ? " - " : " + ");
            else if (t.Value < 0) text.Append('-');
            text.Append(t.Key.Length == 0 ? magnitude : magnitude == "1" ? t.Key : magnitude + "*" + t.Key);
        }
        return text.ToString();
    }

    /// <summary>floor(numerator / divisor) as an opaque factor. Its text is its identity; the numerator is kept in a table of texts.</summary>
    readonly struct Quotient(Dim numerator, long divisor)
    {
        static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Quotient> Known = new(StringComparer.Ordinal);

        public Dim Numerator { get; } = numerator;
        public long Divisor { get; } = divisor;

        public static bool TryParse(string factor, out Quotient quotient) => Known.TryGetValue(factor, out quotient);

        public long? Minimum() => Numerator.Minimum() is long least ? FloorDiv(least, Divisor) : null;

        /// <summary>C#'s division rounds towards zero; where the numerator may be negative the code corrects it.</summary>
        public string ToCode()
        {
            string n = Numerator.ToCode(), d = Divisor.ToString(CultureInfo.InvariantCulture);
            return Numerator.Minimum() >= 0
                ? $"(({n}) / {d})"
                : $"(({n} - ({n} < 0 ? {(Divisor - 1).ToString(CultureInfo.InvariantCulture)} : 0)) / {d})";
        }

        public override string ToString()
        {
            var name = $"⌊({Numerator})/{Divisor.ToString(CultureInfo.InvariantCulture)}⌋";
            Known.TryAdd(name, this);
            return name;
        }
    }
}
