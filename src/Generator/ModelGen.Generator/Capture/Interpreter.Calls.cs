namespace ModelGen.Generator.Capture;

internal sealed partial class Interpreter
{
    public override Value VisitInvocation(IInvocationOperation operation, Frame frame)
    {
        var method = operation.TargetMethod;
        var receiver = operation.Instance is null ? null : Visit(operation.Instance, frame);
        var arguments = Arguments(operation.Arguments, method.Parameters.Length, frame);
        if (receiver is { IsPoison: true }) return receiver;
        bool isBase = operation.Instance?.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.BaseExpressionSyntax;
        var result = Invoke(method, receiver, arguments, operation, frame, operation.IsVirtual && !isBase);
        WriteBack(operation.Arguments, arguments, frame);
        return result;
    }

    public override Value VisitArgument(IArgumentOperation operation, Frame frame) => Visit(operation.Value, frame);

    /// <summary>The arguments in the order of the parameters (they are evaluated in the order in which they are written).</summary>
    Value[] Arguments(ImmutableArray<IArgumentOperation> arguments, int count, Frame frame)
    {
        var values = Enumerable.Repeat(Value.Null, count).ToArray();
        foreach (var argument in arguments)
        {
            if (argument.Parameter is not { } parameter || parameter.Ordinal >= count) Invalid();
            else if (parameter.RefKind != RefKind.Out) values[parameter.Ordinal] = Visit(argument.Value, frame);
        }
        return values;
    }

    void WriteBack(ImmutableArray<IArgumentOperation> arguments, Value[] values, Frame frame)
    {
        foreach (var argument in arguments)
            if (argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out } parameter && parameter.Ordinal < values.Length)
                AssignParts(argument.Value, values[parameter.Ordinal], argument, frame);
    }

    Value Invoke(IMethodSymbol method, Value? receiver, Value[] arguments, IOperation at, Frame frame, bool isVirtual = true)
    {
        if (method.ReducedFrom is { } reduced)
        {
            arguments = receiver is null ? arguments : [receiver, .. arguments];
            (method, receiver) = (reduced, null);
        }
        if (method.MethodKind == MethodKind.DelegateInvoke) return Call(receiver ?? Value.Null, arguments, at, frame);
        if (method.MethodKind == MethodKind.LocalFunction) return Call(frame.Scope.Find(method.OriginalDefinition) ?? Lost(at, method, frame), arguments, at, frame, method);
        if (IsTensorCall(method)) return TensorCall(method, receiver, arguments, at, frame);
        if (method.ContainingType.IsLayer() && receiver is Instance { Definition: { } definition } layer)
        {
            if (method.Name == "Forward") return Apply(layer, arguments, at, frame);
            if (definition.Methods.Any(m => m.Name == method.Name)) return Apply(layer, arguments, at, frame, method.Name);
        }
        if (method is { IsStatic: false, MethodKind: not MethodKind.Constructor } && receiver is { IsNull: true } && method.ContainingType.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T)
            return Fail($"'{method.Name}' is called on null.", at, frame);

        var target = isVirtual && receiver is Instance instance ? Override(instance.Type, method) as IMethodSymbol ?? method : method;
        target = target.PartialImplementationPart ?? target;
        if (source.HasSource(target) && Body(target) is { } body)
        {
            var scope = new Scope(null);
            Value Inlined() => Run(target, body, target.IsStatic ? null : receiver, scope, arguments, at, frame, TypeMap((receiver as Instance)?.Type ?? target.ContainingType, method, frame));
            return Recorder is { } recorder && receiver is Instance { Recompute: true, Path: { } path } ? recorder.Checkpoint(path, Inlined) : Inlined();
        }
        if (arguments.Any(a => a.IsPoison))
        {
            // A list that was given something wrong holds it: what is made of the list is wrong for the same reason, and says nothing more.
            if (receiver is Sequence list && method.ReturnsVoid) list.Items.Add(Value.Poison);
            return Value.Poison;
        }
        if (SourceIndex.IsGenerated(target)) return Generated(target.Name, at, frame);
        if ((receiver ?? arguments.FirstOrDefault()) is StepsValue steps)
            return method.Name == "Reverse" ? new StepsValue(steps.Tensor, steps.Axis, !steps.Reverse) : Items(steps, at, frame) is null ? Value.Poison : Value.Null;
        if (KnownFunctions.Find(method, receiver, arguments) is { } known) return Guard(() => known(new KnownCall(this, method, receiver, arguments, at, frame)), at, frame);
        if (Impurities.Reason(method) is { } reason) return Refuse(Rules.Impure, reason, at, frame);
        return Refuse(Rules.UnknownCall,
            $"'{method.ContainingType?.Name}.{method.Name}' has no source in this project and is not known to ModelGen, so it cannot be compiled; write it with tensor operations, or move it out of the model.", at, frame);
    }

    /// <summary>Calls a lambda, local function or method group.</summary>
    public Value Call(Value function, Value[] arguments, IOperation at, Frame frame, IMethodSymbol? constructed = null)
    {
        switch (function)
        {
            case Closure closure:
                var map = TypeMap(null, constructed, frame);
                foreach (var pair in closure.Frame.TypeArguments)
                    if (!map.ContainsKey(pair.Key)) map[pair.Key] = pair.Value;
                return Run(closure.Symbol, closure.Body, closure.Frame.Self, new Scope(closure.Scope), arguments, at, frame, map);
            case BoundMethod bound: return Invoke(bound.Method, bound.Receiver, arguments, at, frame);
            case { IsPoison: true }: return function;
            case { IsNull: true }: return Fail("The delegate is null here.", at, frame);
            default: return Refuse(Rules.UnknownCall, "This delegate is not known at compile time.", at, frame);
        }
    }

    IOperation? Body(IMethodSymbol method)
    {
        foreach (var declaration in source.Declarations(method.OriginalDefinition))
        {
            if (source.Operation(declaration) is IBlockOperation block) return block;
            if (source.Operation(declaration) is IMethodBodyBaseOperation { } body && (body.BlockBody ?? body.ExpressionBody) is { } content) return content;
        }
        return null;
    }

    Value Generated(string name, IOperation at, Frame frame) =>
        Refuse(Rules.GeneratedMember, $"'{name}' is generated from this model, so the model itself cannot use it; call Forward instead.", at, frame);

    /// <summary>What a virtual or interface member is on this type.</summary>
    static ISymbol? Override(INamedTypeSymbol type, ISymbol member)
    {
        if (member.IsStatic) return null;
        if (member.ContainingType.TypeKind == TypeKind.Interface)
        {
            var contract = type.AllInterfaces.FirstOrDefault(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, member.ContainingType.OriginalDefinition));
            var inContract = contract?.GetMembers(member.Name).FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, member.OriginalDefinition));
            return inContract is null ? null : type.FindImplementationForInterfaceMember(inContract);
        }
        if (!member.IsVirtual && !member.IsAbstract && !member.IsOverride) return null;
        for (var t = type; t is not null; t = t.BaseType)
            foreach (var candidate in t.GetMembers(member.Name))
                for (ISymbol? overridden = candidate; overridden is not null; overridden = Overridden(overridden))
                    if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, member.OriginalDefinition)) return candidate;
        return null;
    }

    static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        _ => null,
    };

    public override Value VisitDelegateCreation(IDelegateCreationOperation operation, Frame frame) => Visit(operation.Target, frame);

    public override Value VisitAnonymousFunction(IAnonymousFunctionOperation operation, Frame frame) => new Closure(operation.Symbol, operation.Body, frame.Scope, frame);

    public override Value VisitMethodReference(IMethodReferenceOperation operation, Frame frame)
    {
        if (operation.Method.MethodKind == MethodKind.LocalFunction)
            return frame.Scope.Find(operation.Method.OriginalDefinition) ?? Lost(operation, operation.Method, frame);
        var receiver = operation.Instance is null ? null : Visit(operation.Instance, frame);
        return receiver is { IsPoison: true } ? receiver : new BoundMethod(operation.Method, receiver);
    }
}
