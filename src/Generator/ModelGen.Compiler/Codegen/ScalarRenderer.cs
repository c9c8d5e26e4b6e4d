namespace ModelGen.Compiler.Codegen;

/// <summary>Prints scalar expressions in a dialect, with no more parentheses than needed.</summary>
internal sealed class ScalarRenderer(Dialect dialect)
{
    /// <summary>How tightly a piece of text binds.</summary>
    internal enum Binding
    {
        Conditional,
        Comparison,
        Sum,
        Product,
        Prefix,
        Atom,
    }

    /// <param name="expression">What to print.</param>
    /// <param name="operand">The text of each operand, and how tightly it binds.</param>
    public (string Text, Binding Binding) Render(Scalar expression, Func<int, (string Text, Binding Binding)> operand)
    {
        switch (expression)
        {
            case Scalar.Operand o: return operand(o.Index);
            case Scalar.Constant c: return (dialect.Literal(c.Value), c.Value < 0 ? Binding.Prefix : Binding.Atom);
            case Scalar.Coordinate: return (dialect.Coordinate, Binding.Atom);
            case Scalar.Call call:
                var template = dialect.Spelling(call.Function);
                var binding = Of(template);
                return (Fill(template, binding, new[] { call.A, call.B, call.C }.OfType<Scalar>().Select(x => Render(x, operand)).ToArray()), binding);
            default: throw new InvalidOperationException($"Unknown scalar expression {expression}.");
        }
    }

    static string Fill(string template, Binding binding, (string Text, Binding Binding)[] parts)
    {
        var texts = new object[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            // The right operand of '-' and '/' needs parentheses at its own level; '+' and '*' keep the order of evaluation with them.
            bool bare = binding == Binding.Atom || parts[i].Binding > binding || (i == 0 && parts[i].Binding == binding && binding is Binding.Sum or Binding.Product && parts[i].Binding >= binding);
            texts[i] = bare ? parts[i].Text : "(" + parts[i].Text + ")";
        }
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, template, texts);
    }

    // Read off the template itself, so that the table stays one string per dialect.
    static Binding Of(string template) =>
        template.StartsWith("{0} ? ", StringComparison.Ordinal) ? Binding.Conditional
        : template.StartsWith("{0} + ", StringComparison.Ordinal) || template.StartsWith("{0} - ", StringComparison.Ordinal) ? Binding.Sum
        : template.StartsWith("{0} * ", StringComparison.Ordinal) || template.StartsWith("{0} / ", StringComparison.Ordinal) ? Binding.Product
        : template.StartsWith("{0} ", StringComparison.Ordinal) ? Binding.Comparison
        : template.StartsWith("-{0}", StringComparison.Ordinal) ? Binding.Prefix
        : Binding.Atom;
}
