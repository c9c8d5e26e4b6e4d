namespace ModelGen.Generator.Capture;

internal static partial class KnownFunctions
{
    /// <summary>LINQ and the members of lists, by name: newer compilers bind some array calls to other classes.</summary>
    static readonly Dictionary<string, Func<KnownCall, Value>> Sequences = new(StringComparer.Ordinal)
    {
        ["Select"] = Select,
        ["SelectMany"] = c => new Sequence(c.Items.SelectMany(i => c.Call(c.Argument(0), i) is Sequence inner ? inner.Items : throw new InvalidCastException("SelectMany needs collections that are known at compile time.")).ToArray()),
        ["Where"] = c => new Sequence(c.Items.Where((item, i) => KnownCall.Parameters(c.Argument(0)) == 2 ? c.Test(c.Argument(0), item, new Const(i)) : c.Test(c.Argument(0), item)).ToArray()),
        ["Zip"] = c => c.Argument(0) is not Sequence other ? c.Fail("Zip needs a collection that is known at compile time.")
            : new Sequence(c.Items.Zip(other.Items, (a, b) => c.Has(1) ? c.Call(c.Argument(1), a, b) : new TupleValue([a, b])).ToArray()),
        ["Aggregate"] = c => c.Has(1)
            ? Finish(c, c.Items.Aggregate(c.Argument(0), (all, item) => c.Call(c.Argument(1), all, item)))
            : c.Items.Count == 0 ? c.Fail("Aggregate of an empty collection.") : c.Items.Skip(1).Aggregate(c.Items[0], (all, item) => c.Call(c.Argument(0), all, item)),
        ["ToArray"] = Copy,
        ["ToList"] = Copy,
        ["AsEnumerable"] = Copy,
        ["AsSpan"] = Copy,
        ["Cast"] = Copy,
        ["Reverse"] = c =>
        {
            if (!c.Method.ReturnsVoid) return new Sequence(Enumerable.Reverse(c.Items));
            if (MayChange(c)) c.Items.Reverse();
            return Value.Null;
        },
        ["Concat"] = c => c.Argument(0) is Sequence other ? new Sequence(c.Items.Concat(other.Items)) : c.Fail("Concat needs a collection that is known at compile time."),
        ["Append"] = c => new Sequence(c.Items.Append(c.Argument(0))),
        ["Prepend"] = c => new Sequence(c.Items.Prepend(c.Argument(0))),
        ["Skip"] = c => new Sequence(c.Items.Skip(c.Int(0))),
        ["Take"] = c => new Sequence(c.Items.Take(c.Int(0))),
        ["Count"] = c => new Const(c.Has(0) ? c.Items.Count(i => c.Test(c.Argument(0), i)) : c.Items.Count),
        ["Any"] = c => new Const(c.Has(0) ? c.Items.Any(i => c.Test(c.Argument(0), i)) : c.Items.Count > 0),
        ["All"] = c => new Const(c.Items.All(i => c.Test(c.Argument(0), i))),
        ["First"] = c => c.Items.FirstOrDefault(i => !c.Has(0) || c.Test(c.Argument(0), i)) ?? c.Fail("First of an empty collection."),
        ["Last"] = c => c.Items.LastOrDefault(i => !c.Has(0) || c.Test(c.Argument(0), i)) ?? c.Fail("Last of an empty collection."),
        ["ElementAt"] = c => c.Int(0) is int at && at >= 0 && at < c.Items.Count ? c.Items[at] : c.Fail("ElementAt is outside the collection."),
        ["Sum"] = Sum,
        ["Add"] = c => Change(c, items => items.Add(c.Argument(0))),
        ["AddRange"] = c => Change(c, items => items.AddRange(c.Argument(0) is Sequence other ? other.Items.ToArray() : throw new InvalidCastException("AddRange needs a collection that is known at compile time."))),
        ["Insert"] = c => Change(c, items =>
        {
            if (c.Int(0) is int at && at >= 0 && at <= items.Count) items.Insert(at, c.Argument(1));
            else c.Fail("Insert is outside the list.");
        }),
        ["RemoveAt"] = c => Change(c, items =>
        {
            if (c.Int(0) is int at && at >= 0 && at < items.Count) items.RemoveAt(at);
            else c.Fail("RemoveAt is outside the list.");
        }),
        ["Clear"] = c => Change(c, items => items.Clear()),
    };

    static Value Copy(KnownCall call) => new Sequence(call.Items);

    static Value Select(KnownCall call)
    {
        var function = call.Argument(0);
        bool withIndex = KnownCall.Parameters(function) == 2;
        return new Sequence(call.Items.Select((item, i) => withIndex ? call.Call(function, item, new Const(i)) : call.Call(function, item)).ToArray());
    }

    static Value Finish(KnownCall call, Value value) => call.Has(2) ? call.Call(call.Argument(2), value) : value;

    static Value Sum(KnownCall call)
    {
        var items = call.Has(0) ? call.Items.Select(i => call.Call(call.Argument(0), i)).ToList() : call.Items;
        var type = call.Method.ReturnType.SpecialType;
        object? sum = Arithmetic.Convert(0, type);
        foreach (var item in items)
            sum = item is Const { Content: { } x } ? Arithmetic.Binary(BinaryOperatorKind.Add, sum, Arithmetic.Convert(x, type)) : throw new InvalidCastException("'Sum' needs constants; add tensors in a loop.");
        return new Const(sum);
    }

    static bool MayChange(KnownCall call) => call.MayChange((call.Receiver ?? call.Arguments.FirstOrDefault()) is Sequence { IsShared: true });

    static Value Change(KnownCall call, Action<List<Value>> change)
    {
        if (MayChange(call)) change(call.Items);
        return Value.Null;
    }
}
