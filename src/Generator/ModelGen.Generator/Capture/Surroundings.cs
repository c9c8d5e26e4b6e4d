namespace ModelGen.Generator.Capture;

/// <summary>Something that the body of a loop changed: a variable around it, or what a variable holds.</summary>
/// <param name="name">Its name in the source.</param>
/// <param name="old">The variable's value before; null when it is the contents of an object that changed.</param>
/// <param name="value">Its value after one run.</param>
/// <param name="set">Overwrites the variable.</param>
/// <param name="get">Reads it.</param>
internal sealed class Change(string name, Value? old, Value? value, Action<Value> set, Func<Value> get)
{
    public string Name { get; } = name;
    public Value? Old { get; } = old;
    public Value? New { get; } = value;
    public void Set(Value to) => set(to);
    public Value Get() => get();

    /// <summary>A list that something was added to.</summary>
    public Sequence? List { get; init; }

    /// <summary>What was added to it.</summary>
    public IReadOnlyList<Value> Added { get; init; } = [];
}

/// <summary>All variables that code at some place sees or that wait in its callers, with the contents of what they hold: to find out what a loop changes, and to undo it.</summary>
internal sealed class Surroundings
{
    readonly List<(Scope Scope, KeyValuePair<ISymbol, Value>[] Variables)> scopes = [];
    readonly Dictionary<Sequence, (string Name, Value[] Items)> lists = [];
    readonly Dictionary<Instance, (string Name, KeyValuePair<ISymbol, Value>[] State)> objects = [];
    readonly Dictionary<DictionaryValue, (string Name, (object Key, Value Value)[] Items)> dictionaries = [];

    public static Surroundings Of(Frame innermost)
    {
        var all = new Surroundings();
        var seen = new HashSet<Scope>();
        for (Frame? frame = innermost; frame is not null; frame = frame.Caller)
            for (Scope? scope = frame.Scope; scope is not null && seen.Add(scope); scope = scope.Parent)
            {
                all.scopes.Add((scope, scope.Variables.ToArray()));
                foreach (var variable in scope.Variables) all.Hold(variable.Value, variable.Key.Name);
            }
        return all;
    }

    // What belongs to the model cannot change.
    void Hold(Value value, string name)
    {
        switch (value)
        {
            case Sequence { IsShared: false } list when !lists.ContainsKey(list):
                lists[list] = (name, list.Items.ToArray());
                foreach (var item in list.Items) Hold(item, name);
                break;
            case Instance { IsShared: false } instance when !objects.ContainsKey(instance):
                objects[instance] = (name, instance.State.ToArray());
                foreach (var part in instance.State.Values) Hold(part, name);
                break;
            case DictionaryValue { IsShared: false } dictionary when !dictionaries.ContainsKey(dictionary):
                dictionaries[dictionary] = (name, dictionary.Items.ToArray());
                foreach (var item in dictionary.Items) Hold(item.Value, name);
                break;
            case TupleValue tuple:
                foreach (var item in tuple.Items) Hold(item, name);
                break;
        }
    }

    /// <summary>What is not as it was.</summary>
    public IReadOnlyList<Change> Changes()
    {
        var changes = new List<Change>();
        foreach (var (scope, variables) in scopes)
            foreach (var variable in variables)
                if (scope.Variables[variable.Key] is var now && !ReferenceEquals(now, variable.Value))
                    changes.Add(new Change(variable.Key.Name, variable.Value, now, value => scope.Declare(variable.Key, value), () => scope.Variables[variable.Key]));
        foreach (var pair in lists)
        {
            var (list, old) = (pair.Key, pair.Value);
            bool isKept = list.Items.Count >= old.Items.Length && old.Items.SequenceEqual(list.Items.Take(old.Items.Length));
            if (isKept && list.Items.Count == old.Items.Length) continue;
            changes.Add(new Change(old.Name, null, null, value => list.Items.Add(value), () => Value.Null)
            {
                List = isKept ? list : null,
                Added = list.Items.Skip(old.Items.Length).ToArray(),
            });
        }
        foreach (var pair in objects)
            if (pair.Key.State.Count != pair.Value.State.Length || pair.Value.State.Any(s => !ReferenceEquals(pair.Key.State[s.Key], s.Value))) changes.Add(Contents(pair.Value.Name));
        foreach (var pair in dictionaries)
            if (!pair.Key.Items.SequenceEqual(pair.Value.Items)) changes.Add(Contents(pair.Value.Name));
        return changes;
    }

    static Change Contents(string name) => new(name, null, null, _ => { }, () => Value.Null);

    /// <summary>Makes everything as it was.</summary>
    public void Restore()
    {
        foreach (var (scope, variables) in scopes)
            foreach (var variable in variables) scope.Declare(variable.Key, variable.Value);
        foreach (var pair in lists)
        {
            pair.Key.Items.Clear();
            pair.Key.Items.AddRange(pair.Value.Items);
        }
        foreach (var pair in objects)
            foreach (var part in pair.Value.State) pair.Key.State[part.Key] = part.Value;
        foreach (var pair in dictionaries)
        {
            pair.Key.Items.Clear();
            pair.Key.Items.AddRange(pair.Value.Items);
        }
    }
}
