using System.Globalization;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Surface;

namespace ModelGen.Generator.Capture;

// Operations on tensors: each becomes a node.
internal sealed partial class Interpreter
{
    static readonly Dictionary<string, string> Operators = new(StringComparer.Ordinal)
    {
        ["op_Addition"] = "operator +",
        ["op_Subtraction"] = "operator -",
        ["op_Multiply"] = "operator *",
        ["op_Division"] = "operator /",
        ["op_GreaterThan"] = "operator >",
        ["op_LessThan"] = "operator <",
        ["op_GreaterThanOrEqual"] = "operator >=",
        ["op_LessThanOrEqual"] = "operator <=",
        ["op_UnaryNegation"] = "operator -",
    };

    static bool IsTensorCall(IMethodSymbol method) => method.ContainingType is { } type
        && (type.IsTensor() || type.IsIntTensor() || (method.IsExtensionMethod && KnownTypes.InNamespace(type) && method.Parameters[0].Type.IsTensor()));

    Value TensorProperty(TensorValue tensor, IPropertySymbol property, Value[] arguments, IOperation at, Frame frame) => property switch
    {
        { IsIndexer: true } => Index(tensor, arguments, at, frame),
        { Name: "Rank" } => new Const(tensor.Node.Shape.Rank),
        { Name: "Shape" } => new ShapeValue(tensor.Node.Shape),
        _ => Refuse(Rules.UnknownCall, $"'{property.Name}' of a tensor is known only at run time; a compiled method knows its Shape and Rank.", at, frame),
    };

    Value TensorCall(IMethodSymbol method, Value? receiver, Value[] arguments, IOperation at, Frame frame)
    {
        Value[] all = receiver is null ? arguments : [receiver, .. arguments];
        if (all.Any(a => a.IsPoison)) return Value.Poison;
        if (method.Name == "Apply" && all is [TensorValue input, var function, ..])
        {
            return function is Instance layer
                ? layer.Definition is null ? ApplyComposite(layer, input, at, frame) : Apply(layer, [input, .. all.Skip(2)], at, frame)
                : Call(function, [input, .. all.Skip(2)], at, frame);
        }
        if (method.IsStatic && Filled(method.Name, arguments) is { } filled) return Fill(filled.Value, filled.Shape, at, frame);
        if (method.Name == "Steps" && receiver is TensorValue sequence) return Steps(sequence, arguments, at, frame);
        if (method.Name == "Stack" && arguments is [var position, Sequence { Items: [StepResults each] }]) return StackSteps(each, position, at, frame);
        if (Split.IsMethod(method.Name) && receiver is TensorValue whole) return Parts(method.Name, whole, arguments, at, frame);
        if (method.IsStatic && (Derivatives.IsMethod(method.Name) || method.Name == Derivatives.Jacobian)) return Derive(method.Name, arguments, at, frame);
        if (method.Name == CustomGradient.Spelling) return WithGradient(all, at, frame);
        string name = Operators.TryGetValue(method.Name, out var known) ? known : method.Name;
        if (name == "op_UnaryPlus") return all[0];
        var definition = OpRegistry.Find(name, all.Length);
        if (definition is null) return Refuse(Rules.UnknownCall, $"'{method.ContainingType.Name}.{method.Name}' is only for eager runs: it has no compiled form.", at, frame);
        return Record(definition, all, at, frame);
    }

    /// <summary><c>x.Split(2)</c>: an array of slices.</summary>
    Value Parts(string method, TensorValue tensor, Value[] arguments, IOperation at, Frame frame)
    {
        var numbers = new int[arguments.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (Integer(arguments[i], $"An argument of '{method}'", at, frame) is not int number) return Value.Poison;
            numbers[i] = number;
        }
        try
        {
            var (axis, parts) = Split.Of(method, tensor.Node.Shape, numbers);
            var items = parts.Select(p => method == "Unbind"
                ? Record("Select", [tensor, Int(axis), Int(p.Start)], at, frame)
                : Record("Slice", [tensor, Int(axis), Int(p.Start), Int(p.Stop), Int(1)], at, frame)).ToArray();
            return items.Any(i => i.IsPoison) ? Value.Poison : new Sequence(items);
        }
        catch (ModelException e)
        {
            return Refuse(e, at, frame, layer: null);
        }
    }

    // Tensors of one number, which need no data: Tensor.Zeros(3, 4).
    static (Value Value, Value? Shape)? Filled(string name, Value[] arguments) => (name, arguments) switch
    {
        ("Scalar", [var value]) => (value, null),
        ("Full", [var value, var shape]) => (value, shape),
        ("Zeros", [var shape]) => (new Const(0f), shape),
        ("Ones", [var shape]) => (new Const(1f), shape),
        _ => null,
    };

    Value Fill(Value value, Value? shape, IOperation at, Frame frame)
    {
        if (Recorder is not { } recorder) return Refuse(Rules.Construct, "A tensor exists only inside a compiled method; do this in Forward.", at, frame);
        if (Arithmetic.Number((value as Const)?.Content) is not double number) return Refuse(Rules.Construct, "The value of this tensor must be known at compile time.", at, frame);
        var scalar = recorder.Constant(number);
        return shape is null ? scalar : Record("BroadcastTo", [scalar, shape], at, frame);
    }

    Value ApplyComposite(Instance layer, TensorValue input, IOperation at, Frame frame)
    {
        var contract = layer.Type.AllInterfaces.FirstOrDefault(i => i.IsLayerInterface())?.GetMembers("Forward").OfType<IMethodSymbol>().FirstOrDefault();
        var method = contract is null ? null : layer.Type.FindImplementationForInterfaceMember(contract) as IMethodSymbol;
        return method is null ? Invalid() : Invoke(method, layer, [input], at, frame);
    }

    /// <summary>Applies a built-in layer: its Forward, or the named method.</summary>
    Value Apply(Instance layer, Value[] inputs, IOperation at, Frame frame, string? method = null)
    {
        if (Recorder is not { } recorder) return Refuse(Rules.Construct, "A layer cannot be applied while the model is constructed; do it in Forward.", at, frame);
        if (layer.Path is not { } path) return Refuse(Rules.UnnamedLayer,
            $"This {layer.Type.Name} is not held by a field of the model, so its weights have no name and cannot be saved; make it a field, or an element of an array or list of layers that is one.", at, frame);
        if (inputs.Any(i => i.IsPoison)) return Value.Poison;
        var known = layer.Definition!.Methods.FirstOrDefault(m => m.Name == method);
        var (accepted, results) = known is null ? (layer.Definition.Inputs, layer.Definition.Results) : (known.Inputs, known.Results);
        var given = inputs.Select(i => i as TensorValue).ToArray();
        if (given.Where((g, i) => g is null && !(inputs[i].IsNull && i < accepted.Count && accepted[i].IsOptional)).Any()) return Fail($"'{path}' is applied to null.", at, frame);
        var arguments = new List<ArgumentSpec>();
        foreach (var parameter in layer.Definition.Constructor.Concat(layer.Definition.Properties))
        {
            if (!layer.Arguments.TryGetValue(parameter.Name, out var argument)) continue;
            if (!TryArgument(parameter, argument, at, frame, out var value)) return Value.Poison;
            if (!parameter.HasDefault || !Equals(parameter.Default, value)) arguments.Add(FunctionRecorder.Spec(parameter.Name, value));
        }
        var spec = new LayerSpec(path, layer.Definition.Name, new(arguments.ToArray()), layer.Frozen);
        if (results.Count == 0) return Recorded(0);
        var parts = new List<Value>();
        for (int i = 0; i < results.Count; i++)
        {
            parts.Add(Recorded(i));
            if (parts[i].IsPoison) return Value.Poison;
        }
        return new TupleValue(parts);

        Value Recorded(int part)
        {
            TensorValue Application() => recorder.Layer(spec, given, method, part);
            return Try(recorder, () => layer.Recompute ? recorder.Checkpoint(path, Application) : Application(), at, frame, layer);
        }
    }

    Value Record(TensorMethod method, Value[] values, IOperation at, Frame frame)
    {
        if (Recorder is not { } recorder) return Refuse(Rules.Construct, "Tensors exist only inside a compiled method; do this in Forward.", at, frame);
        var arguments = new List<KeyValuePair<string, object?>>();
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            if (!TryArgument(method.Parameters[i], values[i], at, frame, out var value)) return Value.Poison;
            arguments.Add(new(method.Parameters[i].Name, value));
        }
        var key = method.Name + "/" + method.Parameters.Count.ToString(CultureInfo.InvariantCulture);
        if (method.Results.Count == 1) return Try(recorder, () => recorder.Method(key, arguments), at, frame);
        var parts = new List<Value>();
        for (int i = 0; i < method.Results.Count; i++)
        {
            int part = i;
            parts.Add(Try(recorder, () => recorder.Method(key, arguments, part), at, frame));
            if (parts[i].IsPoison) return Value.Poison;
        }
        return new TupleValue(parts);
    }

    Value Try(FunctionRecorder recorder, Func<TensorValue> record, IOperation at, Frame frame, Instance? layer = null)
    {
        recorder.Begin(at, frame);
        try
        {
            return record();
        }
        catch (ModelException e)
        {
            return Refuse(e, at, frame, layer);
        }
    }

    /// <summary>A value as the op or layer takes it; false (and a problem) when it is not known at compile time.</summary>
    bool TryArgument(SurfaceParameter parameter, Value value, IOperation at, Frame frame, out object? result)
    {
        result = null;
        if (value.IsPoison) return false;
        switch (parameter.Kind)
        {
            case ParameterKind.Tensor or ParameterKind.IntTensor when value is StepResults:
                Refuse(Rules.Construct, "This list holds one tensor for each step of a loop; make one tensor of it first: Tensor.Stack(axis, list).", at, frame);
                return false;
            case ParameterKind.Tensor or ParameterKind.IntTensor:
                result = value as TensorValue ?? (Arithmetic.Number((value as Const)?.Content) is double constant ? Recorder!.Constant(constant) : null);
                if (result is null) Fail($"The argument '{parameter.Name}' is null here.", at, frame);
                return result is not null;
            case ParameterKind.Tensors:
                var elements = Items(value, at, frame);
                if (elements?.Any(i => i.IsPoison) == true) return false;   // said where it was born
                if (elements?.Any(i => i is StepResults) == true)
                {
                    Refuse(Rules.Construct, "This list holds one tensor for each step of a loop, and nothing else: how many may be known only at run time. Make one tensor of it first: Tensor.Stack(axis, list).", at, frame);
                    return false;
                }
                var tensors = elements?.Select(i => i as TensorValue).ToArray();
                result = tensors;
                if (tensors?.Contains(null) == true) Fail($"An element of '{parameter.Name}' is not a tensor.", at, frame);
                return tensors is not null && !tensors.Contains(null);
            case ParameterKind.OptionalInt when value.IsNull: return true;
            case ParameterKind.Int or ParameterKind.OptionalInt or ParameterKind.Reduction or ParameterKind.Bag:
                result = SizeOf(value);
                break;
            case ParameterKind.Ints:
                var numbers = Items(value, at, frame);
                if (numbers?.Any(i => i.IsPoison) == true) return false;
                var sizes = numbers?.Select(SizeOf).ToArray();
                result = sizes?.Contains(null) == true ? null : sizes;
                break;
            case ParameterKind.Float:
                result = Arithmetic.Number((value as Const)?.Content);
                break;
            case ParameterKind.Bool:
                result = (value as Const)?.Content as bool?;
                break;
            case ParameterKind.Text:
                result = (value as Const)?.Content as string;
                break;
        }
        if (result is null) Refuse(Rules.Construct, $"The argument '{parameter.Name}' must be known at compile time.", at, frame);
        return result is not null;
    }

    /// <summary><c>x[0, 1..^1, ..]</c>: each index selects, each range slices, left to right.</summary>
    Value Index(TensorValue tensor, Value[] indices, IOperation at, Frame frame)
    {
        var flat = indices.SelectMany(i => i is Sequence sequence ? sequence.Items : (IEnumerable<Value>)[i]).ToArray();
        int axis = 0;
        Value result = tensor;
        if (flat.Length > tensor.Node.Shape.Rank) return Refuse(Rules.Index,
            $"{flat.Length} indices are given to a tensor {tensor.Node.Shape}, which has {tensor.Node.Shape.Rank} axes.", at, frame);
        indexPosition = -1;
        foreach (var index in flat)
        {
            indexPosition++;
            switch (index)
            {
                case RangeValue range:
                    int stop = range.End is { FromEnd: true, Offset: 0 } ? int.MaxValue : Signed(range.End);
                    if (range.Start is { FromEnd: true, Offset: 0 }) return Refuse(Rules.Index, "The range starts at the end, so it is empty.", at, frame);
                    if (Signed(range.Start) != 0 || stop != int.MaxValue) result = Record("Slice", [result, Int(axis), Int(Signed(range.Start)), Int(stop), Int(1)], at, frame);
                    axis++;
                    break;
                case IndexValue single:
                    if (single is { FromEnd: true, Offset: 0 }) return Refuse(Rules.Index, "^0 is behind the last element; the last one is ^1.", at, frame);
                    result = Record("Select", [result, Int(axis), Int(Signed(single))], at, frame);
                    break;
                case { IsPoison: true }: return index;
                case var number:
                    if (Integer(number, "An index", at, frame) is not int offset) return Value.Poison;
                    result = Record("Select", [result, Int(axis), Int(offset)], at, frame);
                    break;
            }
            if (result.IsPoison) return result;
        }
        return result;
    }

    Value Record(string name, Value[] values, IOperation at, Frame frame) => OpRegistry.Find(name, values.Length) is { } method
        ? Record(method, values, at, frame)
        : Refuse(Rules.Internal, $"The compiler has no '{name}'.", at, frame);

    static Const Int(int value) => new(value);

    static int Signed(IndexValue index) => index.FromEnd ? -index.Offset : index.Offset;
}
