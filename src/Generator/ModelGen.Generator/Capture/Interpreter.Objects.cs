using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Surface;

namespace ModelGen.Generator.Capture;

// Creating objects, arrays and collections.
internal sealed partial class Interpreter
{
    public override Value VisitObjectCreation(IObjectCreationOperation operation, Frame frame)
    {
        if (operation.Type is not INamedTypeSymbol type || operation.Constructor is not { } constructor) return Invalid();
        var arguments = Arguments(operation.Arguments, constructor.Parameters.Length, frame);
        var created = Create(type, constructor, arguments, operation, frame);
        WriteBack(operation.Arguments, arguments, frame);
        return Initialize(created, operation.Initializer, frame);
    }

    public override Value VisitTypeParameterObjectCreation(ITypeParameterObjectCreationOperation operation, Frame frame) =>
        frame.Resolve(operation.Type) is INamedTypeSymbol type && type.InstanceConstructors.FirstOrDefault(c => c.Parameters.All(p => p.IsOptional)) is { } constructor
            ? Initialize(Create(type, constructor, [], operation, frame), operation.Initializer, frame)
            : DefaultVisit(operation, frame);

    Value Initialize(Value created, IObjectOrCollectionInitializerOperation? initializer, Frame frame)
    {
        if (initializer is null || created.IsPoison) return created;
        frame.Receivers.Push(created);
        foreach (var item in initializer.Initializers) Visit(item, frame);
        frame.Receivers.Pop();
        return created;
    }

    public override Value VisitMemberInitializer(IMemberInitializerOperation operation, Frame frame) =>
        Initialize(Visit(operation.InitializedMember, frame), operation.Initializer, frame);

    Value Create(INamedTypeSymbol type, IMethodSymbol constructor, Value[] arguments, IOperation at, Frame frame)
    {
        if (IsForward && type.IsLayer()) return Refuse(Rules.CreatedLayer,
            $"A {type.Name} is created inside a compiled method, so it would have new weights in every step; make it a field of the class.", at, frame);
        if (type.BuiltInLayer() is { } definition) return CreateLayer(type, definition, constructor, arguments, at, frame);
        if (type.IsTensor() || type.IsIntTensor()) return Refuse(Rules.Construct,
            "A tensor cannot be created inside a compiled method; write a constant, or make it a parameter of the method.", at, frame);
        if (type is { Name: "Index", ContainingNamespace.Name: "System" })
            return Integer(arguments[0], "An index", at, frame) is int offset ? new IndexValue(offset, arguments is [_, Const { Content: true }]) : Value.Poison;
        if (type.SpecialType == SpecialType.System_Object) return new Instance(type);
        if (KnownCollections.Create(type, arguments) is { } collection) return collection;
        if (Impurities.Reason(constructor) is { } reason) return Refuse(Rules.Impure, reason, at, frame);
        if (!source.HasSource(type)) return Refuse(Rules.UnknownCall, $"'{type.ToDisplayString()}' has no source here, so creating it cannot be compiled.", at, frame);
        if (arguments.Any(a => a.IsPoison)) return Value.Poison;
        var instance = new Instance(type);
        Construct(instance, type, constructor, arguments, at, frame);
        return instance;
    }

    Value CreateLayer(INamedTypeSymbol type, LayerDefinition definition, IMethodSymbol constructor, Value[] arguments, IOperation at, Frame frame)
    {
        var layer = new Instance(type) { Definition = definition, Creation = at.Syntax };
        for (int i = 0; i < arguments.Length; i++)
        {
            var parameter = constructor.Parameters[i];
            if (LayerParameter(definition, parameter.Name) is { } known) layer.Arguments[known.Name] = arguments[i];
            else return Refuse(Rules.Internal, $"The compiler does not know the argument '{parameter.Name}' of {definition.Name}: are the ModelGen packages of one version?", at, frame);
        }
        return layer;
    }

    // A runtime layer may have the same thing as parameter 'padding' and property 'Padding'.
    static SurfaceParameter? LayerParameter(LayerDefinition definition, string name) =>
        definition.Constructor.Concat(definition.Properties).FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Runs a constructor on an object: field initialisers, base constructor, body; as C# orders them.</summary>
    void Construct(Instance instance, INamedTypeSymbol type, IMethodSymbol constructor, Value[] arguments, IOperation? at, Frame? caller)
    {
        source.Watch(type);
        constructor = constructor.OriginalDefinition;
        var scope = new Scope(null);
        var frame = new Frame(caller, at?.Syntax, instance, scope) { TypeArguments = TypeMap(type, null, caller) };
        var declaration = source.Declarations(constructor).FirstOrDefault();
        bool isPrimary = declaration is TypeDeclarationSyntax;
        for (int i = 0; i < constructor.Parameters.Length; i++)
        {
            var parameter = constructor.Parameters[i];
            var value = i < arguments.Length ? arguments[i].Copy() : DefaultArgument(parameter, frame);
            if (!isPrimary) scope.Declare(parameter, value);
            else instance.State[parameter] = value;
            if (isPrimary && type.IsRecord && type.OriginalDefinition.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property
                && source.Declarations(property).Any(d => d is ParameterSyntax)) instance.State[property] = value;
        }

        var body = declaration is ConstructorDeclarationSyntax ? source.Operation(declaration) as IConstructorBodyOperation : null;
        var chained = (body?.Initializer is IExpressionStatementOperation statement ? statement.Operation : body?.Initializer) as IInvocationOperation;
        if (declaration is TypeDeclarationSyntax { BaseList: { } bases } && bases.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } primaryBase)
            chained = source.Operation(primaryBase) as IInvocationOperation;

        bool callsThis = chained is not null && SymbolEqualityComparer.Default.Equals(chained.TargetMethod.ContainingType.OriginalDefinition, type.OriginalDefinition);
        if (!callsThis) RunInitializers(instance, type, frame);
        if (chained is not null)
        {
            var given = Arguments(chained.Arguments, chained.TargetMethod.Parameters.Length, frame);
            ConstructBase(instance, callsThis ? type : type.BaseType, chained.TargetMethod, given, chained, frame);
        }
        else if (type.BaseType is { } parent && source.HasSource(parent) && parent.InstanceConstructors.FirstOrDefault(c => c.Parameters.All(p => p.IsOptional)) is { } implicitBase)
        {
            ConstructBase(instance, parent, implicitBase, [], at, frame);
        }
        if (body is not null) Execute(body.BlockBody ?? body.ExpressionBody, frame);
    }

    void ConstructBase(Instance instance, INamedTypeSymbol? type, IMethodSymbol constructor, Value[] arguments, IOperation? at, Frame frame)
    {
        if (type is not null && source.HasSource(type)) Construct(instance, type, constructor, arguments, at, frame);
    }

    Value DefaultArgument(IParameterSymbol parameter, Frame frame) =>
        parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is { } value ? new Const(value) : DefaultOf(parameter.Type, frame);

    Dictionary<ISymbol, ITypeSymbol> TypeMap(INamedTypeSymbol? type, IMethodSymbol? method, Frame? caller)
    {
        var map = new Dictionary<ISymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        void Add(ITypeSymbol parameter, ITypeSymbol argument) => map[parameter.OriginalDefinition] = caller?.Resolve(argument) ?? argument;
        for (var t = type; t is not null; t = t.BaseType)
            for (int i = 0; i < t.TypeArguments.Length; i++) Add(t.TypeParameters[i], t.TypeArguments[i]);
        for (int i = 0; method is not null && i < method.TypeArguments.Length; i++) Add(method.TypeParameters[i], method.TypeArguments[i]);
        return map;
    }

    void RunInitializers(Instance instance, INamedTypeSymbol type, Frame frame)
    {
        foreach (var member in LayerMembers.InOrder(type.OriginalDefinition))
        {
            if (member.IsStatic || member is not (IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol)) continue;
            foreach (var declaration in source.Declarations(member))
                if (Initializer(declaration) is { } clause) instance.State[member] = Initial(clause, instance, frame);
        }
    }

    static EqualsValueClauseSyntax? Initializer(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax field => field.Initializer,
        PropertyDeclarationSyntax property => property.Initializer,
        _ => null,
    };

    // The bare value would lack the implicit conversion around it, so the clause is bound.
    Value Initial(EqualsValueClauseSyntax clause, Instance? instance, Frame frame)
    {
        if (source.Operation(clause) is not ISymbolInitializerOperation initializer) return Invalid();
        if (instance is not null) return Visit(initializer.Value, frame).Copy();
        // A static belongs to no method: it may create layers, and must not see a tensor.
        var recorder = Recorder;
        Recorder = null;
        var value = Visit(initializer.Value, new Frame(frame, null, null, new Scope(null))).Copy();
        Recorder = recorder;
        return value;
    }

    EqualsValueClauseSyntax? AutoInitializer(IPropertySymbol property, out bool isAuto)
    {
        isAuto = false;
        foreach (var declaration in source.Declarations(property))
        {
            if (declaration is ParameterSyntax) isAuto = true;
            if (declaration is not PropertyDeclarationSyntax { AccessorList: { } accessors } syntax) continue;
            isAuto = accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null);
            if (syntax.Initializer is { } clause) return clause;
        }
        return null;
    }

    public override Value VisitWith(IWithOperation operation, Frame frame) => Visit(operation.Operand, frame) switch
    {
        Instance { Definition: null } instance => Initialize(instance.Clone(), operation.Initializer, frame),
        { IsPoison: true } poison => poison,
        _ => DefaultVisit(operation, frame),
    };

    public override Value VisitArrayCreation(IArrayCreationOperation operation, Frame frame)
    {
        if (operation.DimensionSizes.Length > 1) return Refuse(Rules.Construct, "Arrays of several dimensions are not supported in compiled code; use an array of arrays.", operation, frame);
        if (operation.Initializer is { } initializer) return Visit(initializer, frame);
        if (operation.DimensionSizes.Length == 0) return Invalid();
        if (Integer(Visit(operation.DimensionSizes[0], frame), "The length of an array", operation, frame) is not int length) return Value.Poison;
        if (length is < 0 or > 1_000_000) return Fail($"An array of {length} elements cannot be made at compile time.", operation, frame);
        var element = (operation.Type as IArrayTypeSymbol)?.ElementType;
        return new Sequence(Enumerable.Range(0, length).Select(_ => DefaultOf(element, frame)));
    }

    public override Value VisitArrayInitializer(IArrayInitializerOperation operation, Frame frame) => new Sequence(operation.ElementValues.Select(e => Visit(e, frame).Copy()));

    public override Value VisitCollectionExpression(ICollectionExpressionOperation operation, Frame frame)
    {
        var items = new List<Value>();
        foreach (var element in operation.Elements)
        {
            if (element is not ISpreadOperation spread) items.Add(Visit(element, frame).Copy());
            else if (Items(Visit(spread.Operand, frame), spread, frame) is { } spreadItems) items.AddRange(spreadItems);
            else return Value.Poison;
        }
        return new Sequence(items);
    }

    /// <summary>Marks what exists before the compiled method runs.</summary>
    public Value Shared(Value value)
    {
        switch (value)
        {
            case Instance { IsShared: false } instance:
                instance.IsShared = true;
                foreach (var part in instance.State.Values) Shared(part);
                break;
            case Sequence { IsShared: false } sequence:
                sequence.IsShared = true;
                foreach (var item in sequence.Items) Shared(item);
                break;
            case DictionaryValue { IsShared: false } dictionary:
                dictionary.IsShared = true;
                foreach (var item in dictionary.Items) Shared(item.Value);
                break;
            case TupleValue tuple:
                foreach (var item in tuple.Items) Shared(item);
                break;
        }
        return value;
    }
}
