using System.Globalization;

namespace ModelGen;

/// <summary>One term of a <see cref="SizeFormula"/>: a coefficient times symbols.</summary>
/// <param name="Coefficient">The factor.</param>
/// <param name="Symbols">Names of sizes, one for each factor; none for the constant term.</param>
public sealed record SizeTerm(long Coefficient, params string[] Symbols);

/// <summary>A count that depends on symbolic sizes: <c>36864*N + 1024</c>.</summary>
public sealed class SizeFormula
{
    readonly SizeTerm[] terms;

    /// <param name="terms">The terms of the sum.</param>
    public SizeFormula(params SizeTerm[] terms) => this.terms = terms;

    /// <summary>A count that depends on nothing.</summary>
    public static implicit operator SizeFormula(long value) => new(new SizeTerm(value));

    /// <summary>The terms of the sum.</summary>
    public IReadOnlyList<SizeTerm> Terms => terms;

    /// <summary>The formula with one symbol replaced by its value, terms that became alike added up.</summary>
    public SizeFormula With(string symbol, int value)
    {
        var bound = terms.Select(t => new SizeTerm(
            t.Symbols.Where(s => s == symbol).Aggregate(t.Coefficient, (c, _) => checked(c * value)), t.Symbols.Where(s => s != symbol).ToArray()));
        return Sum(bound);
    }

    /// <summary>The sum of several formulas.</summary>
    public static SizeFormula Sum(IEnumerable<SizeFormula> formulas) => Sum(formulas.SelectMany(f => f.terms));

    /// <summary>The value, when no symbol is left.</summary>
    public long? Value => terms.All(t => t.Symbols.Length == 0) ? terms.Sum(t => t.Coefficient) : null;

    static SizeFormula Sum(IEnumerable<SizeTerm> terms) => new(terms
        .GroupBy(t => string.Join("*", t.Symbols.Order(StringComparer.Ordinal)), StringComparer.Ordinal)
        .Select(g => g.First() with { Coefficient = g.Sum(t => t.Coefficient) })
        .Where(t => t.Coefficient != 0).OrderByDescending(t => t.Symbols.Length).ToArray());

    /// <summary>For example <c>36,864*N + 1,024</c>.</summary>
    public override string ToString() => terms.Length == 0 ? "0" : string.Join(" + ", terms.Select(Text));

    static string Text(SizeTerm term)
    {
        string number = term.Coefficient.ToString("N0", CultureInfo.InvariantCulture);
        string symbols = string.Join("*", term.Symbols);
        return symbols.Length == 0 ? number : term.Coefficient == 1 ? symbols : $"{number}*{symbols}";
    }
}
