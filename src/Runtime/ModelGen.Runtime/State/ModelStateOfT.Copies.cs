using System.Numerics;

namespace ModelGen.Execution;

public sealed unsafe partial class ModelState<T>
{
    internal override IEnumerable<NativeArray> Memory => new[] { values, Volatile.Read(ref gradients), Volatile.Read(ref partGradients) }.OfType<NativeArray>();

    internal override void EndWrite() => ExitWrite();

    internal override void Blend(ModelState source, IReadOnlyList<(ParameterLayout From, ParameterLayout To)> pairs, double fraction)
    {
        Gate.EnterWrite("copying parameters");
        try
        {
            if (source == this)
            {
                BlendAll(source, pairs, fraction);
                return;
            }
            source.Gate.EnterRead("copying parameters");
            try
            {
                BlendAll(source, pairs, fraction);
            }
            finally
            {
                source.Gate.ExitRead();
            }
        }
        finally
        {
            ExitWrite();
        }
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    void BlendAll(ModelState source, IReadOnlyList<(ParameterLayout From, ParameterLayout To)> pairs, double fraction)
    {
        // Models of one element type that store a tensor in the same order share the order of its elements.
        for (int i = 0; i < pairs.Count; i++)
        {
            var (from, to) = pairs[i];
            if (source is ModelState<T> same && from.StorageAxes.AsSpan().SequenceEqual(to.StorageAxes))
            {
                Blend(new ReadOnlySpan<T>(same.Values + from.Offset, from.Length), new Span<T>(Values + to.Offset, to.Length), fraction);
                continue;
            }
            T[] given = new T[from.Length], own = new T[to.Length];
            source.GatherValues<T>(from, given);
            Gather<T>(to, Values, 0, own);
            Blend(given, own, fraction);
            Scatter<T>(to, Values, 0, own);
        }
    }

    static void Blend(ReadOnlySpan<T> source, Span<T> target, double fraction)
    {
        if (fraction == 1)
        {
            source.CopyTo(target);
            return;
        }
        T share = T.CreateTruncating(fraction);
        int i = 0;
        for (; i <= target.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var own = new Vector<T>(target[i..]);
            (own + ((new Vector<T>(source[i..]) - own) * share)).CopyTo(target[i..]);
        }
        for (; i < target.Length; i++) target[i] += (source[i] - target[i]) * share;
    }

    internal override void GatherValues<U>(ParameterLayout parameter, Span<U> destination) => Gather(parameter, Values, 0, destination);

    internal override void GatherSlot<U>(ParameterLayout parameter, void* slot, Span<U> destination) => Gather(parameter, (T*)slot, 0, destination);

    internal override void ScatterSlot<U>(ParameterLayout parameter, void* slot, ReadOnlySpan<U> source) => Scatter(parameter, (T*)slot, 0, source);
}
