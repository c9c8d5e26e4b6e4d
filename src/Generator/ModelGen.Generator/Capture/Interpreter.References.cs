namespace ModelGen.Generator.Capture;

// Reading variables, fields, properties and elements.
internal sealed partial class Interpreter
{
    public override Value VisitLocalReference(ILocalReferenceOperation operation, Frame frame) =>
        frame.Scope.Find(operation.Local) ?? Lost(operation, operation.Local, frame);

    public override Value VisitParameterReference(IParameterReferenceOperation operation, Frame frame)
    {
        var parameter = operation.Parameter.OriginalDefinition;
        // A primary constructor's parameter is part of the object: in initialisers and bodies alike.
        // An extension block's receiver belongs to the block: there it is what the method was called on.
        return frame.Scope.Find(parameter) ?? (parameter.ContainingSymbol is INamedTypeSymbol ? frame.Self : null) ?? ((frame.Self as Instance)?.State.TryGetValue(parameter, out var captured) == true ? captured : Lost(operation, parameter, frame));
    }

    // An unbound name is a fault of the interpreter (or code that the compiler rejects); it must not pass silently.
    Value Lost(IOperation operation, ISymbol symbol, Frame frame) =>
        source.IsInvalid ? Value.Poison : Refuse(Rules.Internal, $"'{symbol.Name}' has no value here: this is a fault of ModelGen; please report it with this code.", operation, frame);

    public override Value VisitInstanceReference(IInstanceReferenceOperation operation, Frame frame) => operation.ReferenceKind switch
    {
        InstanceReferenceKind.ImplicitReceiver => frame.Receivers.Count > 0 ? frame.Receivers.Peek() : Invalid(),
        InstanceReferenceKind.ContainingTypeInstance => frame.Self ?? Invalid(),
        _ => DefaultVisit(operation, frame),
    };

    public override Value VisitFieldReference(IFieldReferenceOperation operation, Frame frame)
    {
        var field = operation.Field;
        if (field.IsConst) return field.HasConstantValue ? new Const(field.ConstantValue) : Invalid();
        if (field.IsStatic) return StaticField(field, operation, frame);
        var receiver = Visit(operation.Instance, frame);
        switch (receiver)
        {
            case TupleValue tuple when TupleIndex(field) is int index && index < tuple.Items.Length: return tuple.Items[index];
            case Instance instance: return instance.State.TryGetValue(field.OriginalDefinition, out var value) ? value : DefaultOf(field.Type, frame);
            case Const { Content: null }: return Fail($"'{field.Name}' is read on null.", operation, frame);
            case { IsPoison: true }: return receiver;
            default: return Refuse(Rules.UnknownCall, $"The field '{field.Name}' cannot be read at compile time.", operation, frame);
        }
    }

    static int? TupleIndex(IFieldSymbol field)
    {
        if (field.ContainingType is not { IsTupleType: true } tuple) return null;
        for (int i = 0; i < tuple.TupleElements.Length; i++)
            if (field.Name == tuple.TupleElements[i].Name || field.Name == "Item" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)) return i;
        return null;
    }

    readonly Dictionary<ISymbol, Value> statics = new(SymbolEqualityComparer.Default);

    Value StaticField(IFieldSymbol field, IOperation at, Frame frame)
    {
        var definition = field.OriginalDefinition;
        if (statics.TryGetValue(definition, out var known)) return known;
        if (field is { Name: "Empty", ContainingType.SpecialType: SpecialType.System_String }) return new Const("");
        if (!source.HasSource(definition)) return Refuse(Rules.UnknownCall, $"'{field.ContainingType.Name}.{field.Name}' has no source here and is not a constant, so its value is unknown at compile time.", at, frame);
        if (!field.IsReadOnly) return Refuse(Rules.MutableStatic, $"The static field '{field.Name}' may change while the program runs; make it const or static readonly.", at, frame);
        if (field.ContainingType.StaticConstructors.Any(c => !c.IsImplicitlyDeclared))
            return Refuse(Rules.MutableStatic, $"'{field.Name}' is set by a static constructor, which is not run at compile time; use an initialiser.", at, frame);
        statics[definition] = Value.Poison;   // a cycle reads the default in C#; here it is refused below
        foreach (var declaration in source.Declarations(definition))
            if (Initializer(declaration) is { } clause) return statics[definition] = Shared(Initial(clause, null, frame));
        return statics[definition] = DefaultOf(field.Type, frame);
    }

    public override Value VisitPropertyReference(IPropertyReferenceOperation operation, Frame frame)
    {
        var property = operation.Property;
        if (operation.Instance is null) return StaticProperty(property, operation, frame);
        var receiver = Visit(operation.Instance, frame);
        if (receiver.IsPoison) return receiver;
        var arguments = Arguments(operation.Arguments, property.Parameters.Length, frame);
        if (arguments.Any(a => a.IsPoison)) return Value.Poison;
        switch (receiver)
        {
            case TensorValue tensor: return TensorProperty(tensor, property, arguments, operation, frame);
            case Const { Content: null } when property.Name != "HasValue": return Fail($"'{property.Name}' is read on null.", operation, frame);
            case Sequence { Items: [StepResults, ..] }: return Refuse(Rules.SymbolicSize,
                "This list holds one tensor for each step of a loop, and how many those are may be known only at run time; make one tensor of them with Tensor.Stack(axis, list).", operation, frame);
            case Instance { Definition: { } definition } layer: return LayerProperty(layer, definition, property, operation, frame);
            case Instance instance: return InstanceProperty(instance, property, arguments, operation, frame);
        }
        if (property.IsIndexer && arguments is [var index]) return Element(receiver, index, operation, frame);
        return KnownProperty(receiver, property.Name) ?? Refuse(Rules.UnknownCall, $"The property '{property.ContainingType.Name}.{property.Name}' has no source here, so its value is unknown at compile time.", operation, frame);
    }

    static Value? KnownProperty(Value receiver, string name) => (receiver, name) switch
    {
        (Sequence sequence, "Length" or "Count") => new Const(sequence.Items.Count),
        (Sequence sequence, "IsEmpty") => new Const(sequence.Items.Count == 0),
        (DictionaryValue dictionary, "Count") => new Const(dictionary.Items.Count),
        (DictionaryValue dictionary, "Values") => new Sequence(dictionary.Items.Select(i => i.Value)),
        (DictionaryValue dictionary, "Keys") => new Sequence(dictionary.Items.Select(i => new Const(i.Key))),
        (ShapeValue shape, "Rank" or "Length" or "Count") => new Const(shape.Shape.Rank),
        (ShapeValue shape, "Elements" or "ElementCount") => SizeValue.Of(shape.Shape.Elements),
        (Const { Content: string text }, "Length") => new Const(text.Length),
        (TupleValue { Items: [var key, _] }, "Key") => key,
        (TupleValue { Items: [_, var value] }, "Value") => value,
        (Const { Content: null }, "HasValue") => new Const(false),
        (_, "HasValue") => new Const(true),
        (_, "Value") => receiver,
        _ => null,
    };

    Value StaticProperty(IPropertySymbol property, IOperation at, Frame frame)
    {
        var definition = property.OriginalDefinition;
        if (Impurities.Reason(property) is { } reason) return Refuse(Rules.Impure, reason, at, frame);
        if (!source.HasSource(definition)) return Refuse(Rules.UnknownCall, $"'{property.ContainingType.Name}.{property.Name}' has no source here, so its value is unknown at compile time.", at, frame);
        if (AutoInitializer(definition, out bool isAuto) is { } clause && property.SetMethod is null)
            return statics.TryGetValue(definition, out var known) ? known : statics[definition] = Shared(Initial(clause, null, frame));
        if (isAuto) return Refuse(Rules.MutableStatic, $"The static property '{property.Name}' may change while the program runs; make it get-only with an initialiser.", at, frame);
        return property.GetMethod is { } getter ? Invoke(getter, null, [], at, frame) : Invalid();
    }

    Value InstanceProperty(Instance instance, IPropertySymbol property, Value[] arguments, IOperation at, Frame frame)
    {
        var target = (Override(instance.Type, property) as IPropertySymbol ?? property).OriginalDefinition;
        if (instance.State.TryGetValue(target, out var value)) return value;
        if (SourceIndex.IsGenerated(target)) return Generated(target.Name, at, frame);
        if (!source.HasSource(target)) return Refuse(Rules.UnknownCall, $"The property '{property.ContainingType.Name}.{property.Name}' has no source here, so its value is unknown at compile time.", at, frame);
        AutoInitializer(target, out bool isAuto);
        if (isAuto) return DefaultOf(property.Type, frame);
        return target.GetMethod is { } getter ? Invoke(getter, instance, arguments, at, frame) : Invalid();
    }

    Value LayerProperty(Instance layer, Compiler.Layers.LayerDefinition definition, IPropertySymbol property, IOperation at, Frame frame)
    {
        var parameter = LayerParameter(definition, property.Name);
        if (parameter is null) return Refuse(Rules.UnknownCall, $"'{property.Name}' of a {definition.Name} is not known at compile time.", at, frame);
        if (layer.Arguments.TryGetValue(parameter.Name, out var value)) return value;
        return parameter.Default switch
        {
            null => Value.Null,
            Dim size => SizeValue.Of(size),
            double number => new Const((float)number),
            var other => new Const(other),
        };
    }

    public override Value VisitArrayElementReference(IArrayElementReferenceOperation operation, Frame frame)
    {
        var array = Visit(operation.ArrayReference, frame);
        if (operation.Indices.Length != 1) return Refuse(Rules.Construct, "Arrays of several dimensions are not supported in compiled code; use an array of arrays.", operation, frame);
        return Element(array, Visit(operation.Indices[0], frame), operation, frame);
    }

    public override Value VisitImplicitIndexerReference(IImplicitIndexerReferenceOperation operation, Frame frame)
    {
        var receiver = Visit(operation.Instance, frame);
        return receiver is TensorValue tensor
            ? Index(tensor, [Visit(operation.Argument, frame)], operation, frame)
            : Element(receiver, Visit(operation.Argument, frame), operation, frame);
    }

    Value Element(Value receiver, Value index, IOperation at, Frame frame)
    {
        if (receiver.IsPoison || index.IsPoison) return Value.Poison;
        if (receiver is DictionaryValue dictionary)
            return index is Const { Content: { } key } ? dictionary.Find(key) ?? Fail($"The dictionary has no key '{Arithmetic.Text(key)}'.", at, frame) : DefaultVisit(at, frame);
        if (Items(receiver, at, frame) is not { } items) return Value.Poison;
        if (index is RangeValue range)
        {
            int start = range.Start.In(items.Count), end = range.End.In(items.Count);
            if (start < 0 || end > items.Count || start > end) return Fail($"The range {start}..{end} does not fit a length of {items.Count}.", at, frame);
            return receiver is Const { Content: string text } ? new Const(text.Substring(start, end - start)) : new Sequence(items.GetRange(start, end - start));
        }
        return Position(index, items.Count, at, frame) is int position ? items[position] : Value.Poison;
    }

    /// <summary>An index into a sequence, checked.</summary>
    int? Position(Value index, int count, IOperation at, Frame frame)
    {
        if ((index is IndexValue from ? from.In(count) : Integer(index, "An index", at, frame)) is not int position) return null;
        if (position >= 0 && position < count) return position;
        Fail($"The index {position} is outside a length of {count}.", at, frame);
        return null;
    }
}
