using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>The checks that generated code makes before it touches anything.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Inputs
{
    /// <summary>The value of a symbolic size, from the length of a span that holds it.</summary>
    /// <param name="length">The span's length.</param>
    /// <param name="unit">How many elements belong to each unit of the symbol.</param>
    /// <param name="parameter">The span's parameter name.</param>
    /// <param name="shape">The declared shape: <c>[N, 1, 8, 8]</c>.</param>
    /// <param name="symbol">The symbol: <c>N</c>.</param>
    /// <exception cref="ArgumentException">The length is no positive multiple of the unit.</exception>
    public static int SolveSize(int length, long unit, string parameter, string shape, string symbol)
    {
        if (length == 0) throw new ArgumentException($"'{parameter}' is empty: {shape} needs {symbol} to be at least 1, which takes {Text(unit)}.", parameter);
        var (size, rest) = Math.DivRem(length, unit);
        if (rest != 0) throw new ArgumentException(
            $"'{parameter}' has {Text(length)}, which fits no {(symbol == "N" ? "batch" : $"size {symbol}")}: {shape} takes a multiple of {Number(unit)}.", parameter);
        return (int)size;
    }

    /// <summary>Checks a length that is known.</summary>
    /// <param name="length">The span's length.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="parameter">The span's parameter name.</param>
    /// <param name="shape">The declared shape: <c>[N, 10]</c>.</param>
    /// <param name="given">Where the symbols come from: <c>N = 32 from 'image'</c>; empty when there are none.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static void RequireLength(int length, long expected, string parameter, string shape, string given)
    {
        if (length == expected) return;
        throw new ArgumentException(
            $"'{parameter}' has {Text(length)}, but {shape}{(given.Length == 0 ? "" : $" with {given}")} takes {Number(expected)}.", parameter);
    }

    /// <summary>Checks that a result does not lie where an input or another result does.</summary>
    /// <param name="result">What is written.</param>
    /// <param name="name">Its parameter name.</param>
    /// <param name="other">What is read, or written as well.</param>
    /// <param name="otherName">Its parameter name.</param>
    /// <exception cref="ArgumentException">They share memory.</exception>
    public static void RequireApart<TResult, TOther>(Span<TResult> result, string name, ReadOnlySpan<TOther> other, string otherName) where TResult : unmanaged where TOther : unmanaged
    {
        if (!MemoryMarshal.AsBytes((ReadOnlySpan<TResult>)result).Overlaps(MemoryMarshal.AsBytes(other))) return;
        throw new ArgumentException($"'{name}' shares memory with '{otherName}'. Results are written while others are still read or written, so '{name}' needs memory of its own.", name);
    }

    /// <summary>Checks that two results do not lie in the same place.</summary>
    /// <param name="result">What is written.</param>
    /// <param name="name">Its parameter name.</param>
    /// <param name="other">What is written as well.</param>
    /// <param name="otherName">Its parameter name.</param>
    /// <exception cref="ArgumentException">They share memory.</exception>
    public static void RequireApart<TResult, TOther>(Span<TResult> result, string name, Span<TOther> other, string otherName) where TResult : unmanaged where TOther : unmanaged =>
        RequireApart(result, name, (ReadOnlySpan<TOther>)other, otherName);

    /// <summary>Checks class labels and indices.</summary>
    /// <param name="labels">The indices.</param>
    /// <param name="bound">Each must lie in [0, bound).</param>
    /// <param name="parameter">The span's parameter name.</param>
    /// <param name="ignored">A further index that is allowed: that of labels which do not count.</param>
    /// <exception cref="ArgumentOutOfRangeException">One lies outside; the message names its place and value.</exception>
    public static void RequireLabels(ReadOnlySpan<int> labels, int bound, string parameter, int? ignored = null) => RequireLabels(labels, bound, parameter, ignored, owner: "");

    // The owner is whose parameter it is (Layer 'embedding'), and empty where the call says it.
    internal static void RequireLabels(ReadOnlySpan<int> labels, int bound, string parameter, int? ignored, string owner)
    {
        // Vectorised.
        int at = labels.IndexOfAnyExceptInRange(0, bound - 1);
        while (at >= 0 && labels[at] == ignored)
        {
            int next = labels[(at + 1)..].IndexOfAnyExceptInRange(0, bound - 1);
            at = next < 0 ? -1 : at + 1 + next;
        }
        if (at < 0) return;
        throw new ArgumentOutOfRangeException(parameter, labels[at],
            $"{owner}{(owner.Length == 0 ? "" : ": ")}'{parameter}' has {Number(labels[at])} at index {Number(at)}; allowed are 0 to {Number(bound - 1)}.");
    }

    /// <summary>Throws because the given sizes leave nothing of some value inside the model: an image smaller than a window, say.</summary>
    /// <param name="size">What the size comes to.</param>
    /// <param name="formula">The size as the compiler sees it.</param>
    /// <param name="shape">The shape it is part of.</param>
    /// <param name="given">The symbols with their values.</param>
    /// <exception cref="ArgumentException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowTooSmall(long size, string formula, string shape, string given) => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
        $"The inputs are too small for this model: with {given}, a value of shape {shape} has the size {formula} = {size}, but every size must be at least 1."));

    /// <summary>Checks that a size which the caller gives is at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void RequireNonEmpty(int size, string parameter)
    {
        if (size < 1) throw new ArgumentOutOfRangeException(parameter, size, $"'{parameter}' must be at least 1.");
    }

    static string Text(long count) => count == 1 ? "1 element" : $"{Number(count)} elements";
    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
