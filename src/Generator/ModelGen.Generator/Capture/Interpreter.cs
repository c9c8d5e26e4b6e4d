using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

/// <summary>
/// Runs the user's code at compile time over Roslyn's <see cref="IOperation"/> trees: constants are computed, objects built, methods
/// inlined, and every operation on a tensor becomes a node. What cannot be known is a problem at its expression.
/// </summary>
/// <remarks>
/// One visit method per kind of expression, spread over the files <c>Interpreter.*.cs</c>; a kind without one ends in
/// <see cref="DefaultVisit"/>, which refuses, so that constructs of newer compilers are refused too.
/// </remarks>
internal sealed partial class Interpreter(SourceIndex source, ProblemList problems) : OperationVisitor<Frame, Value>
{
    const int MaxSteps = 200_000, MaxDepth = 64;
    int steps;

    /// <summary>The function that tensors are recorded into; null while the model is constructed.</summary>
    public FunctionRecorder? Recorder { get; set; }

    /// <summary>True from the moment the model is built: from here on, its layers and fields are fixed.</summary>
    public bool IsForward => Recorder is not null;

    /// <summary>Builds the model as <c>new Model()</c> would.</summary>
    public Instance Construct(INamedTypeSymbol type)
    {
        var model = new Instance(type);
        if (type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0) is { } constructor) Construct(model, type, constructor, [], null, null);
        return model;
    }

    /// <summary>Runs one of the model's methods.</summary>
    public Value Run(IMethodSymbol method, Instance model, Value[] inputs)
    {
        var target = method.PartialImplementationPart ?? method;
        if (Body(target) is not { } body) return Invalid();
        return RunBody(target, body, new Frame(null, null, model, new Scope(null)), inputs);
    }

    public override Value Visit(IOperation? operation, Frame frame)
    {
        if (operation is null) return Invalid();
        Step(operation, frame);
        if (operation.ConstantValue is { HasValue: true } constant) return new Const(constant.Value);
        return operation.Accept(this, frame) ?? Value.Poison;
    }

    public override Value DefaultVisit(IOperation operation, Frame frame) => Refuse(Rules.Construct, Refusals.For(operation), operation, frame);

    public override Value VisitInvalid(IInvalidOperation operation, Frame frame) => Invalid();

    /// <summary>The compiler reports this place itself.</summary>
    Value Invalid()
    {
        source.IsInvalid = true;
        return Value.Poison;
    }

    /// <summary>Reports a problem; its value is <see cref="Value.Poison"/>.</summary>
    public Value Refuse(string id, string message, IOperation at, Frame frame, Fix? fix = null)
    {
        problems.Add(id, message, Place(at.Syntax), frame.CallSites().Select(Place), fix);
        return Value.Poison;
    }

    void Step(IOperation operation, Frame frame)
    {
        if (++steps % 1024 == 0) source.Cancellation.ThrowIfCancellationRequested();
        if (steps <= MaxSteps) return;
        Refuse(Rules.Budget, $"The model takes more than {MaxSteps} steps to unfold at compile time; is there a loop or recursion without end?", operation, frame);
        throw new CaptureAbortedException();
    }

    /// <summary>Runs a source method's body in a new frame; <paramref name="arguments"/> get the final values of ref and out parameters.</summary>
    Value Run(IMethodSymbol method, IOperation body, Value? self, Scope scope, Value[] arguments, IOperation at, Frame caller, Dictionary<ISymbol, ITypeSymbol>? typeArguments = null)
    {
        if (caller.Depth >= MaxDepth)
        {
            Refuse(Rules.Budget, $"Calls are nested more than {MaxDepth} deep here; a recursion must end on a constant.", at, caller);
            throw new CaptureAbortedException();
        }
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (method.IsAsync) return Refuse(Rules.Construct, $"'{method.Name}' is async; a compiled method runs in one go. Make it synchronous.", at, caller);

        var frame = new Frame(caller, at.Syntax, self, scope) { TypeArguments = typeArguments ?? caller.TypeArguments };
        return RunBody(method, body, frame, arguments);
    }

    Value RunBody(IMethodSymbol method, IOperation body, Frame frame, Value[] arguments)
    {
        var (scope, parameters) = (frame.Scope, method.OriginalDefinition.Parameters);
        for (int i = 0; i < parameters.Length; i++) scope.Declare(parameters[i], i < arguments.Length ? arguments[i].Copy() : Value.Null);
        if (IsIterator(method, body)) frame.Yields = [];
        Execute(body, frame);
        for (int i = 0; i < parameters.Length && i < arguments.Length; i++)
            if (parameters[i].RefKind is RefKind.Ref or RefKind.Out) arguments[i] = scope.Find(parameters[i]) ?? Value.Null;
        return frame.Yields is { } yields ? new Sequence(yields) : frame.Result;
    }

    static bool IsIterator(IMethodSymbol method, IOperation body) =>
        method.ReturnType.OriginalDefinition.SpecialType is SpecialType.System_Collections_Generic_IEnumerable_T or SpecialType.System_Collections_Generic_IEnumerator_T or SpecialType.System_Collections_IEnumerable
        && body.Syntax.DescendantNodes(n => n == body.Syntax || n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(n => n is YieldStatementSyntax);

    /// <summary>A condition that must be known; null (and a problem) when it is not.</summary>
    bool? Condition(IOperation? operation, Frame frame)
    {
        var value = Visit(operation, frame);
        switch (value)
        {
            case Const { Content: bool truth }: return truth;
            case TensorValue: Refuse(Rules.TensorDecision, Refusals.TensorDecision, operation!, frame); break;
            case { IsPoison: false }: Refuse(Rules.Construct, "This condition is not known at compile time.", operation!, frame); break;
        }
        return null;
    }

    /// <summary>A whole number that must be known; null (and a problem) when it is not.</summary>
    int? Integer(Value value, string what, IOperation at, Frame frame)
    {
        switch (value)
        {
            case Const { Content: { } content } when Arithmetic.Whole(content) is long whole and >= int.MinValue and <= int.MaxValue: return (int)whole;
            case SizeValue size: Refuse(Rules.SymbolicSize, $"{what} must be known at compile time, but is the size {size.Size}, which is known only at run time.", at, frame); break;
            case TensorValue: Refuse(Rules.TensorDecision, $"{what} cannot come from the value of a tensor, which is known only at run time.", at, frame); break;
            case { IsPoison: false }: Refuse(Rules.Construct, $"{what} is not known at compile time.", at, frame); break;
        }
        return null;
    }

    Value Fail(string message, IOperation at, Frame frame) => Refuse(Rules.Evaluation, message, at, frame);
}

/// <summary>Capture gave up at a place that is already reported.</summary>
internal sealed class CaptureAbortedException : Exception;
