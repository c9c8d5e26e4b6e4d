namespace ModelGen.Generator.Capture;

internal sealed partial class Interpreter
{
    public override Value VisitIsPattern(IIsPatternOperation operation, Frame frame)
    {
        var value = Visit(operation.Value, frame);
        return !value.IsPoison && Match(operation.Pattern, value, frame) is bool matches ? new Const(matches) : Value.Poison;
    }

    public override Value VisitIsType(IIsTypeOperation operation, Frame frame)
    {
        var value = Visit(operation.ValueOperand, frame);
        return value.IsPoison ? value : new Const(!value.IsNull && IsOfType(value, frame.Resolve(operation.TypeOperand)) != operation.IsNegated);
    }

    public override Value VisitSwitchExpression(ISwitchExpressionOperation operation, Frame frame)
    {
        var value = Visit(operation.Value, frame);
        if (value.IsPoison) return value;
        var outer = frame.Scope;
        foreach (var arm in operation.Arms)
        {
            frame.Scope = new Scope(outer);
            var matches = Match(arm.Pattern, value, frame);
            if (matches is null)
            {
                frame.Scope = outer;
                return Value.Poison;
            }
            if (matches == true && (arm.Guard is null || Condition(arm.Guard, frame) == true))
            {
                var result = Visit(arm.Value, frame);
                frame.Scope = outer;
                return result;
            }
            frame.Scope = outer;
        }
        return Fail("No arm of this switch matches.", operation, frame);
    }

    /// <summary>Whether a value matches; null (and a problem) when that is known only at run time.</summary>
    bool? Match(IPatternOperation pattern, Value value, Frame frame)
    {
        if (value.IsPoison) return null;
        switch (pattern)
        {
            case IDiscardPatternOperation: return true;
            case IConstantPatternOperation constant: return Equality(value, Visit(constant.Value, frame), constant, frame);
            case ITypePatternOperation type: return !value.IsNull && IsOfType(value, frame.Resolve(type.MatchedType));
            case IDeclarationPatternOperation declaration:
                if (!declaration.MatchesNull && (value.IsNull || !IsOfType(value, frame.Resolve(declaration.MatchedType)))) return false;
                Bind(declaration.DeclaredSymbol, value, frame);
                return true;
            case INegatedPatternOperation negated: return !Match(negated.Pattern, value, frame);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either:
                return Match(either.LeftPattern, value, frame) is bool left ? left || (Match(either.RightPattern, value, frame) ?? false) : null;
            case IBinaryPatternOperation both:
                return Match(both.LeftPattern, value, frame) is bool first ? first && (Match(both.RightPattern, value, frame) ?? false) : null;
            case IRelationalPatternOperation relational:
                if (value.IsNull) return false;
                return Binary(relational.OperatorKind, null, value, Visit(relational.Value, frame), relational, frame) is Const { Content: bool holds } ? holds : null;
            case IRecursivePatternOperation recursive: return Recursive(recursive, value, frame);
            case IListPatternOperation list: return List(list, value, frame);
            case IInvalidOperation:
                Invalid();
                return null;
            default:
                DefaultVisit(pattern, frame);
                return null;
        }
    }

    void Bind(ISymbol? symbol, Value value, Frame frame)
    {
        if (symbol is null) return;
        frame.Scope.Declare(symbol, value);
        NameTensor(value, symbol.Name);
    }

    bool? Equality(Value left, Value right, IOperation at, Frame frame)
    {
        if (left is SizeValue || right is SizeValue) return Sizes(BinaryOperatorKind.Equals, left, right, at, frame) is Const { Content: bool equal } ? equal : null;
        if (AreEqual(left, right) is bool known) return known;
        DefaultVisit(at, frame);
        return null;
    }

    bool? Recursive(IRecursivePatternOperation pattern, Value value, Frame frame)
    {
        if (value.IsNull || !IsOfType(value, frame.Resolve(pattern.MatchedType))) return false;
        if (pattern.DeconstructionSubpatterns.Length > 0)
        {
            if (Parts(value, pattern.DeconstructionSubpatterns.Length, pattern, frame) is not { } parts) return null;
            for (int i = 0; i < parts.Length; i++)
                if (Match(pattern.DeconstructionSubpatterns[i], parts[i], frame) is not true) return false;
        }
        foreach (var sub in pattern.PropertySubpatterns)
        {
            Value? member = sub.Member switch
            {
                IPropertyReferenceOperation property when value is TensorValue tensor => TensorProperty(tensor, property.Property, [], property, frame),
                IPropertyReferenceOperation property when value is Instance { Definition: { } definition } layer => LayerProperty(layer, definition, property.Property, property, frame),
                IPropertyReferenceOperation property when value is Instance instance => InstanceProperty(instance, property.Property, [], property, frame),
                IPropertyReferenceOperation property => KnownProperty(value, property.Property.Name),
                IFieldReferenceOperation field when value is Instance instance => instance.State.TryGetValue(field.Field.OriginalDefinition, out var state) ? state : DefaultOf(field.Field.Type, frame),
                _ => null,
            };
            if (member is null)
            {
                DefaultVisit(sub, frame);
                return null;
            }
            if (Match(sub.Pattern, member, frame) is not true) return false;
        }
        Bind(pattern.DeclaredSymbol, value, frame);
        return true;
    }

    bool? List(IListPatternOperation pattern, Value value, Frame frame)
    {
        if (value.IsNull) return false;
        if (Items(value, pattern, frame) is not { } items) return null;
        int slice = pattern.Patterns.IndexOf(pattern.Patterns.FirstOrDefault(p => p is ISlicePatternOperation)!);
        int count = pattern.Patterns.Length;
        if (slice < 0 ? items.Count != count : items.Count < count - 1) return false;
        for (int i = 0; i < count; i++)
        {
            if (i == slice)
            {
                var inner = ((ISlicePatternOperation)pattern.Patterns[i]).Pattern;
                if (inner is not null && Match(inner, new Sequence(items.Skip(i).Take(items.Count - count + 1)), frame) is not true) return false;
            }
            else if (Match(pattern.Patterns[i], items[slice >= 0 && i > slice ? items.Count - count + i : i], frame) is not true)
            {
                return false;
            }
        }
        Bind(pattern.DeclaredSymbol, value, frame);
        return true;
    }

    static bool IsOfType(Value value, ITypeSymbol? type)
    {
        if (type is null || type.SpecialType == SpecialType.System_Object || type is ITypeParameterSymbol) return true;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        return value switch
        {
            Instance instance => instance.Type.AllInterfaces.Concat(Ancestors(instance.Type)).Any(t => SymbolEqualityComparer.Default.Equals(t, type)),
            TensorValue tensor => tensor.Node.DType == DType.Int32 ? type.IsIntTensor() : type.IsTensor(),
            ShapeValue => type.IsShape(),
            SizeValue => type.SpecialType == SpecialType.System_Int32,
            Const { Content: { } content } => type.TypeKind == TypeKind.Enum || ReferenceEquals(Arithmetic.Convert(content, type.SpecialType), content) || Arithmetic.Convert(content, type.SpecialType)?.GetType() == content.GetType(),
            Sequence => type is IArrayTypeSymbol or INamedTypeSymbol { IsGenericType: true },
            _ => true,
        };
    }

    static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType) yield return t;
    }
}
