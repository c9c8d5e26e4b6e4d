using System.Runtime.CompilerServices;

namespace ModelGen.Generator.Capture;

/// <summary>
/// One capture for all analyzers of a compilation, and for the compilations that follow while somebody types where no model reads. Holds on to no
/// compilation: what it remembers goes with the trees and compilations of whoever asked.
/// </summary>
internal static class CaptureCache
{
    static readonly ConditionalWeakTable<Compilation, Entries> Captured = new();

    // By the file that declares the model: the capture before, which often still holds.
    static readonly ConditionalWeakTable<SyntaxTree, Entries> Previous = new();

    /// <summary>What <see cref="ModelCapture.Run"/> finds, found once.</summary>
    public static CaptureResult Of(Compilation compilation, INamedTypeSymbol type, CancellationToken cancellation)
    {
        var name = ModelGenerator.MetadataName(type);
        var entry = Captured.GetOrCreateValue(compilation).Get(name);
        lock (entry)
        {
            // A cancelled capture throws and leaves the entry empty.
            return entry.Result ??= Again(compilation, type, name, cancellation);
        }
    }

    static CaptureResult Again(Compilation compilation, INamedTypeSymbol type, string name, CancellationToken cancellation)
    {
        if (type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree is not { } tree) return ModelCapture.Run(compilation, type, cancellation);
        var previous = Previous.GetOrCreateValue(tree).Get(name);
        lock (previous)
        {
            bool holds = previous.Result is not null && previous.Source?.TryGetTarget(out var before) == true && SameForCapture.Instance.Equals(before, compilation);
            previous.Result = holds ? previous.Result : ModelCapture.Run(compilation, type, cancellation);
            previous.Source = new WeakReference<Compilation>(compilation);
            return previous.Result!;
        }
    }

    sealed class Entry
    {
        public CaptureResult? Result { get; set; }
        public WeakReference<Compilation>? Source { get; set; }
    }

    sealed class Entries
    {
        readonly Dictionary<string, Entry> byName = new(StringComparer.Ordinal);

        public Entry Get(string name)
        {
            lock (byName)
            {
                if (!byName.TryGetValue(name, out var entry)) byName[name] = entry = new Entry();
                return entry;
            }
        }
    }
}
