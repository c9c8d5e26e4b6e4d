using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Connectionist temporal classification (Graves et al., 2006): the forward-backward algorithm over the symbols of a target with a blank around each. It computes with
/// logarithms in double precision: probabilities of long sequences are too small for anything else. Sequences do not depend on each other: a member of the
/// team takes some of them, so the bits do not depend on the size of the team. Every member looks at all targets first, so that all throw alike and none waits for another: a blank
/// among the symbols, or a symbol behind the end, has a loss too, but not the one that was meant.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Ctc
{
    const double Never = double.NegativeInfinity;

    /// <summary>y[n] = the loss of sequence n. Every member of the team calls it; no barrier at the end.</summary>
    /// <exception cref="InvalidOperationException">A target has the blank, or a symbol behind its end.</exception>
    public static void Loss<V, T>(Team team, in CtcShape shape, T* x, int* target, T* y) where V : unmanaged, ISimd<V, T> where T : unmanaged =>
        Loss<V, T>(team, shape, x, target, null, y);

    /// <summary>The same with the number of steps of each sequence that count.</summary>
    public static void Loss<V, T>(Team team, in CtcShape shape, T* x, int* target, int* length, T* y) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        Check(shape, target);
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint places = (2 * shape.Symbols) + 1;
        double* one = (double*)team.Scratch(2 * places * sizeof(double)), other = one + places;
        for (nint n = from; n < to; n++)
        {
            var sequence = new Sequence<T>(shape, x, target, length, n);
            double* last = one, next = other;
            for (nint t = 0; t < sequence.Steps; t++)
            {
                sequence.Forward(t, last, next);
                Swap(ref last, ref next);
            }
            double total = sequence.Total(last);
            V.FromDouble(double.IsNegativeInfinity(total) ? shape.ZeroInfinity != 0 ? 0 : double.PositiveInfinity : -total / sequence.Share).StorePartial(y + n, 1);
        }
    }

    /// <summary>y[n, t, c] = the probability that a path of target n is at class c in step t. Every member of the team calls it; no barrier at the end.</summary>
    /// <exception cref="InvalidOperationException">A target has the blank, or a symbol behind its end.</exception>
    public static void Posterior<V, T>(Team team, in CtcShape shape, T* x, int* target, T* y) where V : unmanaged, ISimd<V, T> where T : unmanaged =>
        Posterior<V, T>(team, shape, x, target, null, y);

    /// <summary>The same with the number of steps of each sequence that count.</summary>
    public static void Posterior<V, T>(Team team, in CtcShape shape, T* x, int* target, int* length, T* y) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        Check(shape, target);
        team.Range(shape.Batch, 1, out nint from, out nint to);
        if (to <= from) return;
        nint places = (2 * shape.Symbols) + 1;
        double* forward = (double*)team.Scratch((((shape.Steps + 2) * places) + shape.Classes) * sizeof(double)), one = forward + (shape.Steps * places), other = one + places, sums = other + places;
        for (nint n = from; n < to; n++)
        {
            T* row = y + (n * shape.Steps * shape.Classes);
            NativeMemory.Clear(row, (nuint)(shape.Steps * shape.Classes * sizeof(T)));
            var sequence = new Sequence<T>(shape, x, target, length, n);
            for (nint t = 0; t < sequence.Steps; t++) sequence.Forward(t, forward + ((t - 1) * places), forward + (t * places));
            if (sequence.Steps == 0) continue;
            double total = sequence.Total(forward + ((sequence.Steps - 1) * places));
            if (double.IsNegativeInfinity(total)) continue;
            double* last = one, next = other;
            for (nint t = sequence.Steps - 1; t >= 0; t--)
            {
                sequence.Backward(t, last, next);
                Swap(ref last, ref next);
                NativeMemory.Clear(sums, (nuint)(shape.Classes * sizeof(double)));
                for (nint s = 0; s < sequence.Places; s++) sums[sequence.Symbol(s)] += Math.Exp(forward[(t * places) + s] + last[s] - total);
                for (nint c = 0; c < shape.Classes; c++) V.FromDouble(sums[c] / sequence.Share).StorePartial(row + (t * shape.Classes) + c, 1);
            }
        }
    }

    static void Check(in CtcShape shape, int* target)
    {
        for (nint n = 0; n < shape.Batch; n++, target += shape.Symbols)
        {
            nint end = shape.Symbols;
            for (nint s = 0; s < shape.Symbols; s++)
            {
                if (target[s] < 0) end = nint.Min(end, s);
                else if (target[s] == shape.Blank || s > end) Throw(n, s, target[s], end, shape.Blank);
            }
        }
    }

    // The words of the reference in Ctc of the compiler.
    static void Throw(nint n, nint s, int symbol, nint end, nint blank) => throw new InvalidOperationException(symbol == blank
        ? string.Create(CultureInfo.InvariantCulture, $"Target {n} of 'Ctc' has the blank, {symbol}, at index {s}; a target is made of the other classes, and 'blank' says which class stands for no symbol.")
        : string.Create(CultureInfo.InvariantCulture, $"Target {n} of 'Ctc' has {symbol} at index {s}, behind the -1 at index {end}; -1 stands behind the last symbol only."));

    static void Swap(ref double* a, ref double* b)
    {
        double* c = a;
        a = b;
        b = c;
    }

    /// <summary>One sequence and its target.</summary>
    readonly ref struct Sequence<T> where T : unmanaged
    {
        readonly T* x;
        readonly int* target;
        readonly nint classes, blank;

        public Sequence(in CtcShape shape, T* x, int* target, int* length, nint n)
        {
            (classes, blank) = (shape.Classes, shape.Blank);
            this.x = x + (n * shape.Steps * classes);
            this.target = target + (n * shape.Symbols);
            Steps = length == null ? shape.Steps : length[n];
            nint symbols = 0;
            while (symbols < shape.Symbols && this.target[symbols] >= 0) symbols++;
            Places = (2 * symbols) + 1;
            Share = shape.PerSymbol != 0 ? Math.Max(1, symbols) : 1;
        }

        public nint Steps { get; }

        /// <summary>The symbols, and a blank around each.</summary>
        public nint Places { get; }

        /// <summary>What the loss is divided by.</summary>
        public double Share { get; }

        public nint Symbol(nint place) => (place & 1) == 0 ? blank : target[place >> 1];

        /// <summary>From the last step's ways to this one's, this step's probability included.</summary>
        public void Forward(nint t, double* last, double* now)
        {
            for (nint s = 0; s < Places; s++)
                now[s] = P(t, s) + (t == 0 ? (s < 2 ? 0 : Never) : Add(last[s], s > 0 ? last[s - 1] : Never, Skips(s) ? last[s - 2] : Never));
        }

        /// <summary>From the ways on from the next step to those on from this one, this step's probability left out.</summary>
        public void Backward(nint t, double* next, double* now)
        {
            if (t == Steps - 1)
            {
                for (nint s = 0; s < Places; s++) now[s] = s >= Places - 2 ? 0 : Never;
                return;
            }
            for (nint s = 0; s < Places; s++)
                now[s] = Add(P(t + 1, s) + next[s], s + 1 < Places ? P(t + 1, s + 1) + next[s + 1] : Never, s + 2 < Places && Skips(s + 2) ? P(t + 1, s + 2) + next[s + 2] : Never);
        }

        /// <summary>ln p(target), from the ways of the last step.</summary>
        public double Total(double* last) => Steps == 0 ? (Places == 1 ? 0 : Never) : Add(last[Places - 1], Places > 1 ? last[Places - 2] : Never, Never);

        // From a symbol to another one, past the blank between them.
        bool Skips(nint s) => (s & 1) == 1 && s > 1 && target[s >> 1] != target[(s >> 1) - 1];

        double P(nint t, nint s)
        {
            T value = x[(t * classes) + Symbol(s)];
            return GradientClip.ToDouble(value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static double Add(double a, double b, double c)
        {
            double largest = Math.Max(a, Math.Max(b, c));
            return double.IsNegativeInfinity(largest) ? Never : largest + Math.Log(Math.Exp(a - largest) + Math.Exp(b - largest) + Math.Exp(c - largest));
        }
    }
}
