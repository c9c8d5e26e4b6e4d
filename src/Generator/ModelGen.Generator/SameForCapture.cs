using Microsoft.CodeAnalysis.CSharp;
using ModelGen.Generator.Capture;

namespace ModelGen.Generator;

/// <summary>
/// Takes two compilations for equal when capture would find the same in both: options and references are the same, and each tree is the
/// same object, or was read by no capture and differs only inside bodies. So typing elsewhere costs a model nothing.
/// </summary>
/// <remarks>Unequal costs one capture; wrongly equal would be stale output. A test makes random edits with and without this comparer.</remarks>
internal sealed class SameForCapture : IEqualityComparer<Compilation>
{
    public static readonly SameForCapture Instance = new();

    public bool Equals(Compilation? x, Compilation? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || x.AssemblyName != y.AssemblyName || !x.Options.Equals(y.Options)) return false;
        if (!x.ExternalReferences.SequenceEqual(y.ExternalReferences)) return false;
        return x.SyntaxTrees.SequenceEqual(y.SyntaxTrees, SameTree.Instance);
    }

    public int GetHashCode(Compilation compilation) => StringComparer.Ordinal.GetHashCode(compilation.AssemblyName ?? "");

    sealed class SameTree : IEqualityComparer<SyntaxTree>
    {
        public static readonly SameTree Instance = new();

        // topLevel: signatures, constants, usings, enums and attributes count; bodies and initialisers that are not constants do not.
        public bool Equals(SyntaxTree? x, SyntaxTree? y) => ReferenceEquals(x, y)
            || (x is not null && y is not null && x.FilePath == y.FilePath && x.Options.Equals(y.Options) && !SourceIndex.WasVisited(x) && !SourceIndex.WasVisited(y)
                && SyntaxFactory.AreEquivalent(x, y, topLevel: true));

        public int GetHashCode(SyntaxTree tree) => 0;
    }
}
