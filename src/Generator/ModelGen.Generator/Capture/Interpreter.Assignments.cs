using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

// Writing variables, fields, properties and elements.
internal sealed partial class Interpreter
{
    public override Value VisitSimpleAssignment(ISimpleAssignmentOperation operation, Frame frame)
    {
        if (operation.IsRef) return Refuse(Rules.Construct, "Assigning a reference is not supported in compiled code; assign the value.", operation, frame);
        var value = Visit(operation.Value, frame).Copy();
        Assign(operation.Target, value, operation, frame);
        return value;
    }

    public override Value VisitCompoundAssignment(ICompoundAssignmentOperation operation, Frame frame)
    {
        if (operation.OperatorKind == BinaryOperatorKind.None) return Invalid();
        var value = Binary(operation.OperatorKind, operation.OperatorMethod, Visit(operation.Target, frame), Visit(operation.Value, frame), operation, frame);
        if (value is Const { Content: { } content } && operation.OperatorMethod is null && operation.Target.Type is { } type)
            value = new Const(Arithmetic.Convert(content, type.SpecialType));
        Assign(operation.Target, value, operation, frame);
        return value;
    }

    public override Value VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation, Frame frame)
    {
        var old = Visit(operation.Target, frame);
        var kind = operation.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        if (old.IsPoison) return old;
        var one = old is Const { Content: { } number } ? new Const(Arithmetic.Convert(1, operation.Target.Type?.SpecialType ?? SpecialType.System_Int32)) : new Const(1);
        var value = operation.OperatorMethod is { } method && source.HasSource(method)
            ? Invoke(method, null, [old], operation, frame)
            : Binary(kind, null, old, one, operation, frame);
        if (value is Const { Content: { } content } && operation.Target.Type is { } type) value = new Const(Arithmetic.Convert(content, type.SpecialType));
        Assign(operation.Target, value, operation, frame);
        return operation.IsPostfix ? old : value;
    }

    public override Value VisitDeclarationExpression(IDeclarationExpressionOperation operation, Frame frame) => Value.Null;

    public override Value VisitDiscardOperation(IDiscardOperation operation, Frame frame) => Value.Null;

    public override Value VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation, Frame frame)
    {
        var value = Visit(operation.Value, frame).Copy();
        AssignParts(operation.Target, value, operation, frame);
        return value;
    }

    /// <summary>Assigns to a variable or, part by part, to a tuple of them.</summary>
    void AssignParts(IOperation target, Value value, IOperation at, Frame frame)
    {
        if (target is IDeclarationExpressionOperation declaration) target = declaration.Expression;
        if (target is not ITupleOperation tuple)
        {
            Assign(target, value, at, frame);
            return;
        }
        var parts = Parts(value, tuple.Elements.Length, at, frame);
        for (int i = 0; i < tuple.Elements.Length; i++) AssignParts(tuple.Elements[i], parts is null ? Value.Poison : parts[i], at, frame);
    }

    Value[]? Parts(Value value, int count, IOperation at, Frame frame)
    {
        if (value is TupleValue tuple && tuple.Items.Length == count) return tuple.Items;
        if (value is Instance instance)
        {
            var method = at.Syntax switch
            {
                AssignmentExpressionSyntax assignment => source.Model(at.Syntax.SyntaxTree).GetDeconstructionInfo(assignment).Method,
                _ when at.Syntax.FirstAncestorOrSelf<ForEachVariableStatementSyntax>() is { } loop => source.Model(at.Syntax.SyntaxTree).GetDeconstructionInfo(loop).Method,
                _ => null,
            };
            if (method is not null && source.HasSource(method) && source.Declarations(method).Any(d => d is MethodDeclarationSyntax))
            {
                var arguments = method.IsStatic ? new[] { value }.Concat(Enumerable.Repeat(Value.Null, count)).ToArray() : Enumerable.Repeat(Value.Null, count).ToArray();
                Invoke(method, method.IsStatic ? null : instance, arguments, at, frame);
                return method.IsStatic ? arguments.Skip(1).ToArray() : arguments;
            }
            if (instance.Type.IsRecord && method is not null)   // the record's own Deconstruct: its positional properties
                return method.Parameters.Select(p => instance.State.FirstOrDefault(s => s.Key is IPropertySymbol && s.Key.Name == p.Name).Value ?? Value.Poison).ToArray();
        }
        if (!value.IsPoison) Refuse(Rules.Construct, "This value cannot be deconstructed at compile time.", at, frame);
        return null;
    }

    void Assign(IOperation target, Value value, IOperation at, Frame frame)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                if (local.IsDeclaration) frame.Scope.Declare(local.Local, value);
                else if (!frame.Scope.Assign(local.Local, value)) frame.Scope.Declare(local.Local, value);
                NameTensor(value, local.Local.Name, local.Syntax);
                break;
            case IDeclarationExpressionOperation or ITupleOperation:
                AssignParts(target, value, at, frame);
                break;
            case IParameterReferenceOperation reference:
                AssignParameter(reference, value, at, frame);
                break;
            case IFieldReferenceOperation reference:
                AssignField(reference, value, at, frame);
                break;
            case IPropertyReferenceOperation reference:
                AssignProperty(reference, value, at, frame);
                break;
            case IArrayElementReferenceOperation { Indices.Length: 1 } reference:
                AssignElement(Visit(reference.ArrayReference, frame), Visit(reference.Indices[0], frame), value, at, frame);
                break;
            case IImplicitIndexerReferenceOperation reference:
                AssignElement(Visit(reference.Instance, frame), Visit(reference.Argument, frame), value, at, frame);
                break;
            case IDiscardOperation: break;
            case IInvalidOperation or null:
                Invalid();
                break;
            default:
                Refuse(Rules.Construct, "Assigning to this expression is not supported in compiled code.", at, frame);
                break;
        }
    }

    void AssignParameter(IParameterReferenceOperation reference, Value value, IOperation at, Frame frame)
    {
        var parameter = reference.Parameter.OriginalDefinition;
        if (frame.Scope.Assign(parameter, value))
        {
            NameTensor(value, parameter.Name, reference.Syntax);
            return;
        }
        if (frame.Self is not Instance self || !self.State.ContainsKey(parameter)) Lost(reference, parameter, frame);
        else if (MayChange(self, parameter.Name, at, frame)) self.State[parameter] = value;
    }

    void AssignField(IFieldReferenceOperation reference, Value value, IOperation at, Frame frame)
    {
        if (reference.Field.IsStatic)
        {
            Refuse(Rules.MutableStatic, $"The static field '{reference.Field.Name}' cannot be changed in a compiled method.", at, frame);
            return;
        }
        switch (Visit(reference.Instance, frame))
        {
            case Instance instance when MayChange(instance, reference.Field.Name, at, frame):
                instance.State[reference.Field.OriginalDefinition] = value;
                break;
            case TupleValue tuple when TupleIndex(reference.Field) is int index && index < tuple.Items.Length:
                tuple.Items[index] = value;
                break;
            case Const { Content: null }:
                Fail($"'{reference.Field.Name}' is set on null.", at, frame);
                break;
        }
    }

    void AssignProperty(IPropertyReferenceOperation reference, Value value, IOperation at, Frame frame)
    {
        var property = reference.Property;
        if (property.IsStatic)
        {
            Refuse(Rules.MutableStatic, $"The static property '{property.Name}' cannot be changed in a compiled method.", at, frame);
            return;
        }
        var receiver = Visit(reference.Instance, frame);
        if (receiver is Instance { Definition: { } definition } layer)
        {
            if (LayerParameter(definition, property.Name) is not { } parameter) Refuse(Rules.UnknownCall, $"'{property.Name}' of a {definition.Name} cannot be set in a model.", at, frame);
            else if (MayChange(layer, property.Name, at, frame)) layer.Arguments[parameter.Name] = value;
            return;
        }
        if (receiver is Sequence or DictionaryValue && property.IsIndexer && reference.Arguments.Length == 1)
        {
            AssignElement(receiver, Visit(reference.Arguments[0].Value, frame), value, at, frame);
            return;
        }
        if (receiver is TensorValue)
        {
            Refuse(Rules.Construct, "A tensor is not changed in place in a compiled method; build a new one (Concat, or a mask).", at, frame);
            return;
        }
        if (receiver is not Instance instance)
        {
            if (!receiver.IsPoison) Fail($"'{property.Name}' cannot be set here.", at, frame);
            return;
        }
        var target = (Override(instance.Type, property) as IPropertySymbol ?? property).OriginalDefinition;
        AutoInitializer(target, out bool isAuto);
        if (isAuto)
        {
            if (MayChange(instance, property.Name, at, frame)) instance.State[target] = value;
        }
        else if (target.SetMethod is { } setter)
        {
            Invoke(setter, instance, [.. Arguments(reference.Arguments, property.Parameters.Length, frame), value], at, frame);
        }
    }

    void AssignElement(Value receiver, Value index, Value value, IOperation at, Frame frame)
    {
        switch (receiver)
        {
            case Sequence sequence:
                if (sequence.IsShared && IsForward) Changed("an array or list of the model", at, frame);
                else if (Position(index, sequence.Items.Count, at, frame) is int position) sequence.Items[position] = value;
                break;
            case DictionaryValue dictionary when index is Const { Content: { } key }:
                if (dictionary.IsShared && IsForward) Changed("a dictionary of the model", at, frame);
                else dictionary.Set(key, value);
                break;
            case TensorValue:
                Refuse(Rules.Construct, "A tensor is not changed in place in a compiled method; build a new one (Concat, or a mask).", at, frame);
                break;
            case { IsPoison: false }:
                Fail("An element of null or of an unknown collection cannot be set.", at, frame);
                break;
        }
    }

    bool MayChange(Instance instance, string member, IOperation at, Frame frame)
    {
        if (!instance.IsShared || !IsForward) return true;
        Changed($"'{member}'", at, frame);
        return false;
    }

    public void Changed(string what, IOperation at, Frame frame) => Refuse(Rules.ChangedState,
        $"A compiled method cannot change {what}: the model is built once, and each step sees it as it was built. Use a local variable, or set it in the constructor.", at, frame);
}
