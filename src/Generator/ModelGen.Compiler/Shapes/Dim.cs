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
    // Most sizes are constants, and capture, passes and scheduling compare and multiply them all the time: those cost no more than a number.
    static readonly Dim[] SmallConstants = Enumerable.Range(0, 1025).Select(i => new Dim(i, [])).ToArray();

    readonly long constant;

    // Sorted by monomial, ordinally; no zero coefficients.
    readonly Term[] terms;

    string? text;

    /// <param name="Monomial">Symbols sorted and joined by '*'; never empty.</param>
    /// <param name="Coefficient">Not zero.</param>
    readonly record struct Term(string Monomial, long Coefficient);

    Dim(long constant, Term[] terms)
    {
        this.constant = constant;
        this.terms = terms;
    }

    public static readonly Dim Zero = Of(0);
    public static readonly Dim One = Of(1);

    public static Dim Of(long value) => value >= 0 && value < SmallConstants.Length ? SmallConstants[value] : new Dim(value, []);

    /// <summary>A named symbol, bound at run time.</summary>
    public static Dim Symbol(string name) => new(0, [new Term(name, 1)]);

    public static implicit operator Dim(int value) => Of(value);

    public bool IsConstant => terms.Length == 0;

    /// <summary>The value of a constant size.</summary>
    public long Value => IsConstant ? constant : throw new InvalidOperationException($"The size {this} is not a constant.");

    /// <summary>The name, when this is one symbol and nothing else.</summary>
    public string? SymbolName => terms.Length == 1 && Symbols.ToArray() is [var name] && Symbol(name) == this ? name : null;

    public bool IsOne => constant == 1 && IsConstant;
    public bool IsZero => constant == 0 && IsConstant;
    public bool Is(long value) => constant == value && IsConstant;

    /// <summary>The symbols in this size, sorted. A floor division counts with the symbols inside it.</summary>
    public IEnumerable<string> Symbols => IsConstant ? []
        : terms.SelectMany(t => Factors(t.Monomial)).SelectMany(f => Quotient.TryParse(f, out var q) ? q.Numerator.Symbols : [f]).Distinct().OrderBy(s => s, StringComparer.Ordinal);

    /// <summary>The terms of the polynomial, the constant one last.</summary>
    public IEnumerable<(long Coefficient, IReadOnlyList<string> Factors)> Terms =>
        terms.Select(t => (t.Coefficient, Factors(t.Monomial))).Concat(constant == 0 ? [] : [(constant, (IReadOnlyList<string>)[])]);

    public static Dim operator +(Dim a, Dim b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        long sum = checked(a.constant + b.constant);
        if (a.IsConstant && b.IsConstant) return Of(sum);
        if (b.IsConstant) return new Dim(sum, a.terms);
        if (a.IsConstant) return new Dim(sum, b.terms);
        return new Dim(sum, Merge(a.terms, b.terms)) is { terms.Length: > 0 } symbolic ? symbolic : Of(sum);
    }

    public static Dim operator -(Dim a, Dim b) => a + (b * Of(-1));

    public static Dim operator *(Dim a, Dim b)
    {
        if (a.IsConstant) return b.Times(a.constant);
        if (b.IsConstant) return a.Times(b.constant);
        var products = a.terms.SelectMany(x => b.terms.Select(y => new Term(Multiply(x.Monomial, y.Monomial), checked(x.Coefficient * y.Coefficient))))
            .Concat(a.Times(b.constant).terms).Concat(b.Times(a.constant).terms);
        return Make(checked(a.constant * b.constant), products);
    }

    static Term[] Merge(Term[] a, Term[] b)
    {
        var merged = new List<Term>(a.Length + b.Length);
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            int order = string.CompareOrdinal(a[i].Monomial, b[j].Monomial);
            if (order < 0) merged.Add(a[i++]);
            else if (order > 0) merged.Add(b[j++]);
            else
            {
                long sum = checked(a[i].Coefficient + b[j++].Coefficient);
                if (sum != 0) merged.Add(new Term(a[i].Monomial, sum));
                i++;
            }
        }
        for (; i < a.Length; i++) merged.Add(a[i]);
        for (; j < b.Length; j++) merged.Add(b[j]);
        return [.. merged];
    }

    Dim Times(long factor)
    {
        if (factor == 1) return this;
        if (factor == 0) return Zero;
        if (IsConstant) return Of(checked(constant * factor));
        var scaled = new Term[terms.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = new Term(terms[i].Monomial, checked(terms[i].Coefficient * factor));
        return new Dim(checked(constant * factor), scaled);
    }

    // Adds up terms of the same monomial.
    static Dim Make(long constant, IEnumerable<Term> terms)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var t in terms)
        {
            if (t.Monomial.Length == 0)
            {
                constant = checked(constant + t.Coefficient);
                continue;
            }
            long sum = checked((sums.TryGetValue(t.Monomial, out long old) ? old : 0) + t.Coefficient);
            if (sum == 0) sums.Remove(t.Monomial);
            else sums[t.Monomial] = sum;
        }
        return sums.Count == 0 ? Of(constant) : new Dim(constant, sums.Select(t => new Term(t.Key, t.Value)).ToArray());
    }

    /// <summary>The exact quotient, or null when <paramref name="divisor"/> does not divide this size for every value of the symbols.</summary>
    public Dim? DivideExactly(Dim divisor)
    {
        if (divisor.IsZero) return null;
        if (divisor.IsOne) return this;
        if (Equals(divisor)) return One;
        if (divisor.terms.Length + (divisor.constant == 0 ? 0 : 1) != 1) return null;   // a sum divides only itself here: enough for shapes in practice
        string monomial = divisor.IsConstant ? "" : divisor.terms[0].Monomial;
        long coefficient = divisor.IsConstant ? divisor.constant : divisor.terms[0].Coefficient;
        if (constant % coefficient != 0 || (constant != 0 && monomial.Length > 0)) return null;
        var quotient = new Term[terms.Length];
        for (int i = 0; i < quotient.Length; i++)
        {
            if (terms[i].Coefficient % coefficient != 0) return null;
            var rest = terms[i].Monomial;
            if (monomial.Length > 0)
            {
                var factors = Factors(rest).ToList();
                foreach (var f in Factors(monomial))
                    if (!factors.Remove(f)) return null;
                rest = string.Join("*", factors);
            }
            quotient[i] = new Term(rest, terms[i].Coefficient / coefficient);
        }
        return Make(constant / coefficient, quotient);
    }

    /// <summary>floor(this / divisor), as convolution and pooling need; symbolic when it must be.</summary>
    public Dim FloorDivide(long divisor)
    {
        if (divisor == 1) return this;
        if (IsConstant) return Of(FloorDiv(constant, divisor));
        return DivideExactly(Of(divisor)) ?? Symbol(new Quotient(this, divisor).ToString());
    }

    /// <summary>The same size with its symbols renamed.</summary>
    public Dim Rename(Func<string, string> name) => terms.Aggregate(Of(constant), (sum, t) => sum + Factors(t.Monomial).Aggregate(Of(t.Coefficient), (product, f) =>
        product * (Quotient.TryParse(f, out var q) ? q.Numerator.Rename(name).FloorDivide(q.Divisor) : Symbol(name(f)))));

    /// <summary>The value with every symbol bound.</summary>
    public long Evaluate(Func<string, long> bind)
    {
        long sum = constant;
        foreach (var t in terms)
        {
            long product = t.Coefficient;
            foreach (var f in Factors(t.Monomial))
                product = checked(product * (Quotient.TryParse(f, out var q) ? FloorDiv(q.Numerator.Evaluate(bind), q.Divisor) : bind(f)));
            sum = checked(sum + product);
        }
        return sum;
    }

    /// <summary>The largest constant that divides every term: 64 for <c>64*N + 128</c>. 0 for the size 0.</summary>
    public long ConstantFactor => terms.Aggregate(Math.Abs(constant), (a, t) => Gcd(a, Math.Abs(t.Coefficient)));

    /// <summary>True when this is at least <paramref name="other"/> for all symbols that are at least 1, as far as the coefficients show it.</summary>
    public bool DominatesOrEquals(Dim other) => (this - other).Minimum() >= 0;

    // The smallest value for symbols that are at least 1; null when the coefficients do not show it. A floor division may be 0.
    long? Minimum()
    {
        long sum = constant;
        foreach (var t in terms)
        {
            if (t.Coefficient < 0) return null;
            long product = t.Coefficient;
            foreach (var f in Factors(t.Monomial))
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
    public Dim RoundCoefficients(int unit) =>
        Make(Rounded(constant, unit), terms.Select(t => new Term(t.Monomial, Rounded(t.Coefficient, unit))));

    static long Rounded(long coefficient, int unit) => (coefficient <= 0 ? coefficient : coefficient + unit - 1) / unit * unit;

    /// <summary>A C# expression over variables with the symbols' names, of their type: <c>nint</c> in programs.</summary>
    public string ToCode() => Print((magnitude, monomial) => (magnitude == 1 ? "" : Number(magnitude) + " * ") + Product(monomial, isLong: false));

    /// <summary>The same as a <c>long</c> over variables of type <c>int</c>, whose products may not fit an <c>int</c>: each product begins with a long factor.</summary>
    public string ToLongCode() => SymbolName ?? Print((magnitude, monomial) => Number(magnitude) + "L * " + Product(monomial, isLong: true));

    static string Product(string monomial, bool isLong) => string.Join(" * ", Factors(monomial).Select(f => Quotient.TryParse(f, out var q) ? q.ToCode(isLong) : f));

    public bool Equals(Dim? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || constant != other.constant || terms.Length != other.terms.Length) return false;
        for (int i = 0; i < terms.Length; i++)
            if (terms[i].Coefficient != other.terms[i].Coefficient || terms[i].Monomial != other.terms[i].Monomial) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    public override int GetHashCode()
    {
        int hash = constant.GetHashCode();
        foreach (var t in terms) hash = unchecked((((hash * 31) + StringComparer.Ordinal.GetHashCode(t.Monomial)) * 31) + t.Coefficient.GetHashCode());
        return hash;
    }

    public static bool operator ==(Dim? a, Dim? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Dim? a, Dim? b) => !(a == b);

    /// <summary>As people write it: <c>64</c>, <c>N</c>, <c>2*N + 1</c>.</summary>
    public override string ToString() => text ??= Print(static (magnitude, monomial) => magnitude == 1 ? monomial : Number(magnitude) + "*" + monomial);

    string Print(Func<long, string, string> product)
    {
        if (IsConstant) return Number(constant);
        var result = new StringBuilder();
        foreach (var t in terms)
        {
            Sign(t.Coefficient);
            result.Append(product(Math.Abs(t.Coefficient), t.Monomial));
        }
        if (constant != 0)
        {
            Sign(constant);
            result.Append(Number(Math.Abs(constant)));
        }
        return result.ToString();

        void Sign(long coefficient)
        {
            if (result.Length > 0) result.Append(coefficient < 0 ? " - " : " + ");
            else if (coefficient < 0) result.Append('-');
        }
    }

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    static string Multiply(string a, string b) => string.Join("*", Factors(a).Concat(Factors(b)).OrderBy(f => f, StringComparer.Ordinal));

    // Factors are separated by '*', but a '*' inside a floor division belongs to it.
    static IReadOnlyList<string> Factors(string monomial)
    {
        if (monomial.IndexOf('*') < 0) return [monomial];
        var factors = new List<string>();
        int start = 0, depth = 0;
        for (int i = 0; i <= monomial.Length; i++)
        {
            if (i < monomial.Length && monomial[i] == '⌊') depth++;
            if (i < monomial.Length && monomial[i] == '⌋') depth--;
            if (i < monomial.Length && (monomial[i] != '*' || depth > 0)) continue;
            if (i > start) factors.Add(monomial.Substring(start, i - start));
            start = i + 1;
        }
        return factors;
    }

    static long FloorDiv(long a, long b)
    {
        var quotient = Math.DivRem(a, b, out var remainder);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    /// <summary>floor(numerator / divisor) as an opaque factor. Its text is its identity; the numerator is kept in a table of texts.</summary>
    readonly struct Quotient(Dim numerator, long divisor)
    {
        static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Quotient> Known = new(StringComparer.Ordinal);

        public Dim Numerator { get; } = numerator;
        public long Divisor { get; } = divisor;

        public static bool TryParse(string factor, out Quotient quotient) => Known.TryGetValue(factor, out quotient);

        public long? Minimum() => Numerator.Minimum() is long least ? FloorDiv(least, Divisor) : null;

        /// <summary>C#'s division rounds towards zero; where the numerator may be negative the code corrects it.</summary>
        public string ToCode(bool isLong)
        {
            string n = isLong ? Numerator.ToLongCode() : Numerator.ToCode(), d = Number(Divisor);
            return Numerator.Minimum() >= 0
                ? $"(({n}) / {d})"
                : $"(({n} - ({n} < 0 ? {Number(Divisor - 1)} : 0)) / {d})";
        }

        public override string ToString()
        {
            var name = $"⌊({Numerator})/{Number(Divisor)}⌋";
            Known.TryAdd(name, this);
            return name;
        }
    }
}
