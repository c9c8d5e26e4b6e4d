namespace ModelGen.Compiler.Ops;

/// <summary>
/// Einstein's summation: y[output letters] = Σ over all other letters of the product of the operands. Not an op: permutations, sums, products of matrices where letters are
/// summed over, and elementwise products where none is.
/// </summary>
internal static class Einsum
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Einsum",
        Summary = "A sum of products after Einstein: each letter of the equation names an axis, equal letters are equal sizes, and letters that the result lacks are summed over. \"nik,nkj->nij\" is a product of matrices for each n. \"...\" stands for all axes that have no letter; without \"->\" the result has the letters that come once, in alphabetical order.",
        IsStatic = true,
        Parameters = [SurfaceParameter.Text("equation", "the letters of each operand, and those of the result; a constant"), SurfaceParameter.Tensors("operands", "one tensor for each group of letters")],
        Build = call => Of(Equation.Parse(call.Text("equation"), call.Tensors("operands")), call.Tensors("operands")),
        Samples =
        [
            new Sample([3, 4], [4, 5]).With("equation", "ij,jk->ik"), new Sample([2, 3, 4], [2, 5, 4]).With("equation", "bqd,bkd->bqk"), new Sample([3], [4]).With("equation", "i,j->ji"),
            new Sample([3, 4, 5]).With("equation", "ijk->ki"), new Sample([2, 3, 4]).With("equation", "cab"), new Sample([2, 3, 4], [4, 3], [3, 2]).With("equation", "nij, jk, il -> nkl"),
            new Sample([2, 3, 4, 5], [2, 3, 5, 6]).With("equation", "...ij,...jk->...ik"), new Sample([4, 3], [4, 3]).With("equation", "ni,ni->n"), new Sample([2, 3, 5], [2, 3, 5], [5]).With("equation", "bti,bti,i->bt"),
            new Sample([2, 3, 4], [3, 5]).With("equation", "nhd,hk->nhdk"), new Sample([3, 4]).With("equation", "ij->"),
        ],
        PyTorch = "torch.einsum",
    };

    static Node Of(Equation equation, Node[] operands)
    {
        var result = Reduced(0);
        for (int i = 1; i < operands.Length; i++)
        {
            var later = equation.Output.Concat(equation.Operands.Skip(i + 1).SelectMany(o => o)).Distinct().ToArray();
            result = Pair(result, Reduced(i), later);
        }
        return Ordered(result, equation.Output);

        // What only this operand has and nobody wants is summed over first.
        Term Reduced(int i)
        {
            string letters = equation.Operands[i];
            var wanted = new HashSet<char>(equation.Output.Concat(equation.Operands.Where((_, k) => k != i).SelectMany(o => o)));
            var axes = Enumerable.Range(0, letters.Length).Where(a => !wanted.Contains(letters[a])).ToArray();
            return axes.Length == 0 ? new Term(operands[i], letters) : new Term(Sum.Of(operands[i], axes, keepDims: false), string.Concat(letters.Where(wanted.Contains)));
        }
    }

    /// <summary>A tensor with a letter for each axis.</summary>
    readonly record struct Term(Node Value, string Letters)
    {
        public Dim Size(char letter) => Value.Shape[Letters.IndexOf(letter)];
    }

    static Node Ordered(Term term, string letters) => Permute.Of(term.Value, letters.Select(l => term.Letters.IndexOf(l)).ToArray());

    // The product of two, summed over the letters that both have and nobody wants later.
    static Term Pair(Term a, Term b, char[] later)
    {
        string shared = string.Concat(a.Letters.Where(l => b.Letters.IndexOf(l) >= 0));
        string batch = string.Concat(shared.Where(later.Contains)), summed = string.Concat(shared.Where(l => !later.Contains(l)));
        string left = string.Concat(a.Letters.Where(l => shared.IndexOf(l) < 0)), right = string.Concat(b.Letters.Where(l => shared.IndexOf(l) < 0));
        var sizes = batch.Concat(left).Select(a.Size).Concat(right.Select(b.Size));
        string letters = batch + left + right;
        if (summed.Length == 0)
        {
            // Nothing is added up: [batch, left, 1] times [batch, 1, right].
            var x = Reshape.Of(Ordered(a, batch + left), new Shape(batch.Concat(left).Select(a.Size).Concat(right.Select(_ => Dim.One))));
            var y = Reshape.Of(Ordered(b, batch + right), new Shape(batch.Select(b.Size).Concat(left.Select(_ => Dim.One)).Concat(right.Select(b.Size))));
            return new Term(x * y, letters);
        }
        Node product = MatMul.Of(Matrices(a, batch, left, summed), Matrices(b, batch, summed, right));
        return new Term(Reshape.Of(product, new Shape(sizes)), letters);
    }

    // [batch, rows, columns], each group of letters as one axis; no batch axis where there is no batch.
    static Node Matrices(Term term, string batch, string rows, string columns)
    {
        Dim All(string letters) => letters.Aggregate(Dim.One, (size, l) => size * term.Size(l));
        var shape = new[] { All(rows), All(columns) };
        return Reshape.Of(Ordered(term, batch + rows + columns), new Shape(batch.Length == 0 ? shape : [All(batch), .. shape]));
    }

    /// <summary>The letters of the operands and of the result; the axes of "..." have letters of their own.</summary>
    sealed record Equation(IReadOnlyList<string> Operands, string Output)
    {
        const char FirstOfEllipsis = '\uE000';

        public static Equation Parse(string text, Node[] operands)
        {
            var sides = text.Replace(" ", "").Split(["->"], StringSplitOptions.None);
            var groups = sides[0].Split(',');
            if (sides.Length > 2 || sides.Any(s => s.Replace("...", "").Any(c => c is not (>= 'a' and <= 'z' or >= 'A' and <= 'Z' or ',')))) throw Wrong($"'Einsum' cannot read \"{text}\": it takes groups of letters with commas between them, then \"->\" and the letters of the result.");
            if (groups.Length != operands.Length) throw Wrong($"'Einsum' of \"{text}\" has {groups.Length} groups of letters, but was given {operands.Length} {(operands.Length == 1 ? "tensor" : "tensors")}.");
            var letters = groups.Select((g, i) => Expand(g, operands[i].Shape, text)).ToArray();
            var sizes = new Dictionary<char, Dim>();
            for (int i = 0; i < letters.Length; i++)
                for (int a = 0; a < letters[i].Length; a++)
                {
                    char letter = letters[i][a];
                    var size = operands[i].Shape[a];
                    if (sizes.TryGetValue(letter, out var known) && known != size) throw new ModelException(Rules.MatMulSizes,
                        $"'Einsum' of \"{text}\": {(letter >= FirstOfEllipsis ? "an axis of '...'" : $"'{letter}'")} is {known} in one operand and {size} in another.") { Argument = "equation" };
                    sizes[letter] = size;
                }
            var hidden = string.Concat(sizes.Keys.Where(l => l >= FirstOfEllipsis).OrderByDescending(l => l));
            var all = string.Concat(letters);
            string output = sides.Length == 2 ? sides[1].Replace("...", hidden) : hidden + string.Concat(all.Where(l => l < FirstOfEllipsis && all.Count(o => o == l) == 1).OrderBy(l => l));
            foreach (char letter in output)
            {
                if (!sizes.ContainsKey(letter)) throw Wrong($"'Einsum' of \"{text}\": the result has '{letter}', which no operand has.");
                if (output.Count(o => o == letter) > 1) throw Wrong($"'Einsum' of \"{text}\": the result has '{letter}' twice.");
            }
            return new Equation(letters, output);
        }

        // Counted from the last one, so that those of several operands meet as in broadcasting.
        static string Expand(string group, Shape shape, string text)
        {
            int named = group.Replace("...", "").Length, hidden = shape.Rank - named;
            bool hasEllipsis = named < group.Length;
            if (hidden < 0 || (hidden > 0 && !hasEllipsis)) throw new ModelException(Rules.Rank,
                $"'Einsum' of \"{text}\": \"{group}\" names {named} {(named == 1 ? "axis" : "axes")}, but its tensor is {shape}.") { Argument = "equation" };
            var letters = group.Replace("...", string.Concat(Enumerable.Range(0, hidden).Select(i => (char)(FirstOfEllipsis + hidden - 1 - i))));
            var twice = letters.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1);
            return twice is null ? letters : throw Wrong($"'Einsum' of \"{text}\": \"{group}\" has '{twice.Key}' twice, a diagonal, which is not taken; use Diagonal() before.");
        }

        static ModelException Wrong(string message) => new(Rules.Argument, message) { Argument = "equation" };
    }
}
