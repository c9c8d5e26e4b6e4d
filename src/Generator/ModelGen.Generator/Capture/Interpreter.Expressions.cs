using System.Globalization;

namespace ModelGen.Generator.Capture;

internal sealed partial class Interpreter
{
    public override Value VisitParenthesized(IParenthesizedOperation operation, Frame frame) => Visit(operation.Operand, frame);

    public override Value VisitTranslatedQuery(ITranslatedQueryOperation operation, Frame frame) => Visit(operation.Operation, frame);

    public override Value VisitDefaultValue(IDefaultValueOperation operation, Frame frame) => DefaultOf(operation.Type, frame);

    /// <summary>The value of a field or variable before anything is assigned.</summary>
    Value DefaultOf(ITypeSymbol? type, Frame frame)
    {
        type = frame.Resolve(type);
        if (type is null || type.IsReferenceType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T) return Value.Null;
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying }) type = underlying;
        if (type is INamedTypeSymbol { IsTupleType: true } tuple) return new TupleValue(tuple.TupleElements.Select(e => DefaultOf(e.Type, frame)));
        if (type.SpecialType == SpecialType.System_Boolean) return new Const(false);
        if (type.SpecialType == SpecialType.System_Char) return new Const('\0');
        if (Arithmetic.Convert(0, type.SpecialType) is { } zero && type.SpecialType != SpecialType.None) return new Const(zero);
        return type is INamedTypeSymbol { TypeKind: TypeKind.Struct } structure && source.HasSource(structure) ? new Instance(structure) : Value.Null;
    }

    public override Value VisitConversion(IConversionOperation operation, Frame frame)
    {
        if (operation.Operand is IThrowOperation) return Visit(operation.Operand, frame);
        var value = Visit(operation.Operand, frame);
        if (value.IsPoison) return value;
        var target = frame.Resolve(operation.Type);
        if (target.IsTensor() && Arithmetic.Number((value as Const)?.Content) is double number)
            return Recorder is { } recorder ? recorder.Constant(number) : Refuse(Rules.Construct, "A tensor exists only inside a compiled method; keep the number.", operation, frame);
        if (value is TensorValue && target?.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Int32 or SpecialType.System_Boolean)
            return Refuse(Rules.TensorDecision, "The value of a tensor is known only at run time; it cannot be cast to a number in a compiled method. Choose between tensors with Tensor.Where.", operation, frame, DecisionFixes.For(operation));
        if (operation.OperatorMethod is { } conversion) return UserConversion(conversion, value, target, operation, frame);
        if (target is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) target = nullable.TypeArguments[0];
        if (target is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying }) target = underlying;
        switch (value)
        {
            case Const { Content: null }:
                return operation.Type is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } && operation.Type is not ITypeParameterSymbol
                    ? Fail($"null cannot become {operation.Type.ToDisplayString()}.", operation, frame) : value;
            case Const { Content: { } content } when target is not null && Arithmetic.Number(content) is not null | content is char:
                return Guard(() => new Const(Arithmetic.Convert(content, target.SpecialType)), operation, frame);
            case SizeValue size when target?.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal:
                return Refuse(Rules.SymbolicSize, $"The size {size.Size} is known only at run time and cannot be used as a number here; a mean over an axis does that (Mean).", operation, frame);
            case Instance instance when target is not null && target.TypeKind != TypeKind.TypeParameter && !IsOfType(instance, target):
                return operation.IsTryCast ? Value.Null : Fail($"A {instance.Type.Name} is not a {target.Name}.", operation, frame);
            default: return value;
        }
    }

    Value UserConversion(IMethodSymbol conversion, Value value, ITypeSymbol? target, IConversionOperation operation, Frame frame)
    {
        if (source.HasSource(conversion)) return Invoke(conversion, null, [value], operation, frame);
        if (target is { Name: "Index" } && value is Const or SizeValue)
            return Integer(value, "An index", operation, frame) is int offset ? new IndexValue(offset, false) : Value.Poison;
        // Spans of arrays, and the runtime's own wrappers of indices and ranges: the value itself says all.
        if (value is Sequence or IndexValue or RangeValue or ShapeValue || (target is not null && KnownTypes.InNamespace(target))) return value;
        if (value is Const && target is { SpecialType: not SpecialType.None }) return new Const(Arithmetic.Convert(((Const)value).Content, target.SpecialType));
        return Refuse(Rules.UnknownCall, $"The conversion to {target?.ToDisplayString()} has no source here, so it cannot be compiled.", operation, frame);
    }

    /// <summary>Runs arithmetic of C#'s own; an overflow is a problem, not a fault.</summary>
    Value Guard(Func<Value> compute, IOperation at, Frame frame)
    {
        try
        {
            return compute();
        }
        catch (Exception e) when (e is ArithmeticException or InvalidCastException or FormatException)
        {
            return Fail(e.Message, at, frame);
        }
    }

    public override Value VisitUnaryOperator(IUnaryOperation operation, Frame frame)
    {
        var operand = Visit(operation.Operand, frame);
        if (operand.IsPoison) return operand;
        if (operation.OperatorKind == UnaryOperatorKind.Hat)
            return Integer(operand, "An index", operation, frame) is int offset ? new IndexValue(offset, true) : Value.Poison;
        if (operand is TensorValue || (operation.OperatorMethod is { } method && source.HasSource(method)))
            return operation.OperatorMethod is { } op ? Invoke(op, null, [operand], operation, frame) : Invalid();
        if (operand is SizeValue size && operation.OperatorKind is UnaryOperatorKind.Minus or UnaryOperatorKind.Plus)
            return operation.OperatorKind == UnaryOperatorKind.Plus ? operand : SizeValue.Of(Dim.Zero - ((SizeValue)operand).Size);
        if (operand is Const { Content: var content } && Arithmetic.Unary(operation.OperatorKind, content) is { } result) return new Const(result);
        return DefaultVisit(operation, frame);
    }

    public override Value VisitBinaryOperator(IBinaryOperation operation, Frame frame)
    {
        if (operation.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
        {
            if (Condition(operation.LeftOperand, frame) is not bool left) return Value.Poison;
            if (left == (operation.OperatorKind == BinaryOperatorKind.ConditionalOr)) return new Const(left);
            return Condition(operation.RightOperand, frame) is bool right ? new Const(right) : Value.Poison;
        }
        return Binary(operation.OperatorKind, operation.OperatorMethod, Visit(operation.LeftOperand, frame), Visit(operation.RightOperand, frame), operation, frame);
    }

    Value Binary(BinaryOperatorKind kind, IMethodSymbol? method, Value left, Value right, IOperation at, Frame frame)
    {
        if (left.IsPoison || right.IsPoison) return Value.Poison;
        if (method is not null && (source.HasSource(method) || method.ContainingType.IsTensor() || method.ContainingType.IsIntTensor())) return Invoke(method, null, [left, right], at, frame);
        if (left is SizeValue || right is SizeValue) return Sizes(kind, left, right, at, frame);
        if (left is Const { Content: var a } && right is Const { Content: var b })
        {
            if (kind is BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder && b is not (float or double) && Arithmetic.Number(b) == 0)
                return Fail("Division by zero.", at, frame);
            try
            {
                if (Arithmetic.Binary(kind, a, b) is { } result) return new Const(result);
            }
            catch (ArithmeticException e)
            {
                return Fail(e.Message, at, frame);
            }
            if (a is null || b is null)
                return kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals ? new Const((a is null && b is null) == (kind == BinaryOperatorKind.Equals)) : Value.Null;
        }
        if (kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals && AreEqual(left, right) is bool equal) return new Const(equal == (kind == BinaryOperatorKind.Equals));
        if (kind == BinaryOperatorKind.Add && at.Type?.SpecialType == SpecialType.System_String) return Text(left, at, frame) is { } x && Text(right, at, frame) is { } y ? new Const(x + y) : Value.Poison;
        if (left is TensorValue || right is TensorValue) return at.Type is null ? Invalid() : Refuse(Rules.TensorDecision, Refusals.TensorDecision, at, frame);
        return DefaultVisit(at, frame);
    }

    Value Sizes(BinaryOperatorKind kind, Value left, Value right, IOperation at, Frame frame)
    {
        if (SizeOf(left) is not { } a || SizeOf(right) is not { } b) return DefaultVisit(at, frame);
        Value Unknown() => Refuse(Rules.SymbolicSize, $"Whether this holds for {a} and {b} is known only at run time; a compiled method can decide only on constant sizes.", at, frame);
        Value Decide(bool? truth) => truth is bool known ? new Const(known) : Unknown();
        // -1 and smaller never arise from sizes, so "a >= b for all symbols >= 1" answers both ways.
        bool? AtLeast(Dim x, Dim y) => x.DominatesOrEquals(y) ? true : y.DominatesOrEquals(x + 1) ? false : null;
        try
        {
            switch (kind)
            {
                case BinaryOperatorKind.Add: return SizeValue.Of(a + b);
                case BinaryOperatorKind.Subtract: return SizeValue.Of(a - b);
                case BinaryOperatorKind.Multiply: return SizeValue.Of(a * b);
                case BinaryOperatorKind.Divide when b.IsConstant && b.Value > 0: return SizeValue.Of(a.FloorDivide(b.Value));
                case BinaryOperatorKind.Divide when a.DivideExactly(b) is { } quotient: return SizeValue.Of(quotient);
                case BinaryOperatorKind.Remainder when a.DivideExactly(b) is not null: return new Const(0);
                case BinaryOperatorKind.Remainder when b.IsConstant && b.Value > 0: return SizeValue.Of(a - (a.FloorDivide(b.Value) * b));
                case BinaryOperatorKind.Equals: return Decide(a == b ? true : (a - b).IsConstant || AtLeast(a, b + 1) == true || AtLeast(b, a + 1) == true ? false : null);
                case BinaryOperatorKind.NotEquals: return Decide(a == b ? false : (a - b).IsConstant || AtLeast(a, b + 1) == true || AtLeast(b, a + 1) == true ? true : null);
                case BinaryOperatorKind.GreaterThanOrEqual: return Decide(AtLeast(a, b));
                case BinaryOperatorKind.GreaterThan: return Decide(AtLeast(a, b + 1));
                case BinaryOperatorKind.LessThanOrEqual: return Decide(AtLeast(b, a));
                case BinaryOperatorKind.LessThan: return Decide(AtLeast(b, a + 1));
            }
        }
        catch (OverflowException)
        {
            return Fail($"The size {a} {kind} {b} is too large.", at, frame);
        }
        return Refuse(Rules.SymbolicSize, $"The sizes {a} and {b} are known only at run time; they can be added, multiplied, and divided by a constant.", at, frame);
    }

    static Dim? SizeOf(Value value) => value switch
    {
        SizeValue size => size.Size,
        Const { Content: { } content } when Arithmetic.Whole(content) is long whole => Dim.Of(whole),
        _ => null,
    };

    /// <summary>Equality of constants by value and of objects by identity; null when it is not known.</summary>
    static bool? AreEqual(Value left, Value right) => (left, right) switch
    {
        ({ IsPoison: true }, _) or (_, { IsPoison: true }) => null,
        (Const { Content: var a }, Const { Content: var b }) => Equals(a, b) || (Arithmetic.Number(a) is double x && Arithmetic.Number(b) is double y && x == y),
        (Const { Content: null }, _) or (_, Const { Content: null }) => false,
        (TupleValue a, TupleValue b) when a.Items.Length == b.Items.Length => a.Items.Zip(b.Items, AreEqual).Aggregate((bool?)true, (all, one) => all & one),
        (SizeValue a, SizeValue b) when a.Size == b.Size => true,
        (SizeValue, _) or (_, SizeValue) => null,
        (TensorValue a, TensorValue b) => ReferenceEquals(a, b),
        _ => ReferenceEquals(left, right),
    };

    public override Value VisitTupleBinaryOperator(ITupleBinaryOperation operation, Frame frame)
    {
        var equal = AreEqual(Visit(operation.LeftOperand, frame), Visit(operation.RightOperand, frame));
        return equal is bool known ? new Const(known == (operation.OperatorKind == BinaryOperatorKind.Equals)) : DefaultVisit(operation, frame);
    }

    public override Value VisitConditional(IConditionalOperation operation, Frame frame) =>
        Visit(Condition(operation.Condition, frame) ?? true ? operation.WhenTrue : operation.WhenFalse, frame);

    public override Value VisitCoalesce(ICoalesceOperation operation, Frame frame)
    {
        var value = Visit(operation.Value, frame);
        return value.IsNull ? Visit(operation.WhenNull, frame) : value;
    }

    public override Value VisitCoalesceAssignment(ICoalesceAssignmentOperation operation, Frame frame)
    {
        var value = Visit(operation.Target, frame);
        if (!value.IsNull) return value;
        value = Visit(operation.Value, frame);
        Assign(operation.Target, value, operation, frame);
        return value;
    }

    public override Value VisitConditionalAccess(IConditionalAccessOperation operation, Frame frame)
    {
        var receiver = Visit(operation.Operation, frame);
        if (receiver.IsNull || receiver.IsPoison) return receiver;
        frame.Conditionals.Push(receiver);
        var value = Visit(operation.WhenNotNull, frame);
        frame.Conditionals.Pop();
        return value;
    }

    public override Value VisitConditionalAccessInstance(IConditionalAccessInstanceOperation operation, Frame frame) =>
        frame.Conditionals.Count > 0 ? frame.Conditionals.Peek() : Invalid();

    public override Value VisitTuple(ITupleOperation operation, Frame frame) => new TupleValue(operation.Elements.Select(e => Visit(e, frame).Copy()));

    public override Value VisitRangeOperation(IRangeOperation operation, Frame frame)
    {
        IndexValue? Bound(IOperation? bound, IndexValue otherwise) => bound is null ? otherwise : Visit(bound, frame) switch
        {
            IndexValue index => index,
            { IsPoison: true } => null,
            var value => Integer(value, "A range", bound, frame) is int offset ? new IndexValue(offset, false) : null,
        };
        var start = Bound(operation.LeftOperand, new IndexValue(0, false));
        var end = Bound(operation.RightOperand, new IndexValue(0, true));
        return start is null || end is null ? Value.Poison : new RangeValue(start, end);
    }

    public override Value VisitThrow(IThrowOperation operation, Frame frame)
    {
        string message = Creation(operation.Exception)?.Arguments.FirstOrDefault(a => a.Parameter?.Name == "message") is { } argument
            && Visit(argument.Value, frame) is Const { Content: string text } ? text : "an exception";
        return Fail($"This line is reached and throws: {message}", operation, frame);
    }

    static IObjectCreationOperation? Creation(IOperation? operation) =>
        operation is IConversionOperation conversion ? conversion.Operand as IObjectCreationOperation : operation as IObjectCreationOperation;

    public override Value VisitInterpolatedString(IInterpolatedStringOperation operation, Frame frame)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in operation.Parts)
        {
            switch (part)
            {
                case IInterpolatedStringTextOperation literal:
                    text.Append(literal.Text.ConstantValue.Value as string);
                    break;
                case IInterpolationOperation hole:
                    var value = Visit(hole.Expression, frame);
                    var format = hole.FormatString?.ConstantValue.Value as string;
                    var piece = value is Const { Content: IFormattable formattable } && format is not null ? Format(formattable, format) : Text(value, hole.Expression, frame);
                    if (piece is null) return Value.Poison;
                    text.Append(piece);
                    break;
                default: return DefaultVisit(operation, frame);
            }
        }
        return new Const(text.ToString());
    }

    static string Format(IFormattable value, string format)
    {
        try
        {
            return value.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            return Arithmetic.Text(value);
        }
    }

    /// <summary>The value as text, for names and messages; null (and a problem) when it has none.</summary>
    string? Text(Value value, IOperation at, Frame frame)
    {
        switch (value)
        {
            case Const constant: return Arithmetic.Text(constant.Content);
            case SizeValue size: return size.Size.ToString();
            case ShapeValue shape: return shape.Shape.ToString();
            case TensorValue tensor: return tensor.Node.Type.ToString();
            case Instance instance: return instance.Type.Name;
            case { IsPoison: true }: return null;
            default:
                DefaultVisit(at, frame);
                return null;
        }
    }
}
