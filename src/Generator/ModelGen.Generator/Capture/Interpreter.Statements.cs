using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

internal enum Flow
{
    Next,
    Break,
    Continue,
    Return,
}

internal sealed partial class Interpreter
{
    /// <summary>Runs a statement. Where a condition is not known, it goes on with one branch, so that later mistakes are found as well.</summary>
    Flow Execute(IOperation? statement, Frame frame)
    {
        if (statement is null) return Flow.Next;
        Step(statement, frame);
        switch (statement)
        {
            case IBlockOperation block: return Block(block.Operations, frame);
            case IMethodBodyOperation body: return Execute(body.BlockBody ?? body.ExpressionBody, frame);
            case ILocalFunctionOperation: return Flow.Next;   // hoisted by its block
            case IEmptyOperation: return Flow.Next;
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations) Declare(declaration, frame);
                return Flow.Next;
            case IExpressionStatementOperation expression:
                Visit(expression.Operation, frame);
                return Flow.Next;
            case IReturnOperation result: return Return(result, frame);
            case IConditionalOperation conditional: return Execute(Condition(conditional.Condition, frame) ?? true ? conditional.WhenTrue : conditional.WhenFalse, frame);
            case IForEachLoopOperation loop: return ForEach(loop, frame);
            case IForLoopOperation loop: return For(loop, frame);
            case IWhileLoopOperation loop: return While(loop, frame);
            case ISwitchOperation choice: return Switch(choice, frame);
            case IBranchOperation { BranchKind: BranchKind.Break }: return Flow.Break;
            case IBranchOperation { BranchKind: BranchKind.Continue }: return Flow.Continue;
            case IBranchOperation:
                Refuse(Rules.Construct, "'goto' cannot be compiled; use a loop or an if.", statement, frame);
                return Flow.Return;
            case IThrowOperation:
                Visit(statement, frame);
                return Flow.Return;
            case IInvalidOperation:
                Invalid();
                return Flow.Next;
            case { Kind: OperationKind.None } when statement.ChildOperations.Count == 0 && statement.Syntax.Span.IsEmpty: return Flow.Next;
            default:
                Visit(statement, frame);
                return Flow.Next;
        }
    }

    Flow Block(ImmutableArray<IOperation> statements, Frame frame)
    {
        var outer = frame.Scope;
        frame.Scope = new Scope(outer);
        foreach (var statement in statements)
            if (statement is ILocalFunctionOperation local && (local.Body ?? local.IgnoredBody) is { } body)
                frame.Scope.Declare(local.Symbol.OriginalDefinition, new Closure(local.Symbol, body, frame.Scope, frame));
        var flow = Flow.Next;
        foreach (var statement in statements)
        {
            flow = Execute(statement, frame);
            if (flow != Flow.Next) break;
        }
        frame.Scope = outer;
        return flow;
    }

    void Declare(IVariableDeclarationOperation declaration, Frame frame)
    {
        foreach (var declarator in declaration.Declarators)
        {
            if (declarator.Symbol.RefKind != RefKind.None)
            {
                Refuse(Rules.Construct, "A ref local is not supported in compiled code; use the variable itself.", declarator, frame);
                frame.Scope.Declare(declarator.Symbol, Value.Poison);
                continue;
            }
            var initializer = declarator.Initializer ?? declaration.Initializer;
            var value = initializer is null ? DefaultOf(declarator.Symbol.Type, frame) : Visit(initializer.Value, frame).Copy();
            frame.Scope.Declare(declarator.Symbol, value);
            NameTensor(value, declarator.Symbol.Name, declarator.Syntax);
        }
    }

    // The place is the variable's name, where it is declared or assigned.
    void NameTensor(Value value, string name, SyntaxNode? place = null)
    {
        if (value is not TensorValue tensor) return;
        Recorder?.Name(tensor, name);
        var token = place switch
        {
            VariableDeclaratorSyntax declarator => declarator.Identifier,
            IdentifierNameSyntax identifier => identifier.Identifier,
            SingleVariableDesignationSyntax designation => designation.Identifier,
            _ => default,
        };
        if (token.SyntaxTree is not null) Shapes.Add(name, token.GetLocation(), tensor.Node.Shape);
    }

    /// <summary>The shapes of locals met so far.</summary>
    public ShapeHints Shapes { get; } = new();

    Flow Return(IReturnOperation operation, Frame frame)
    {
        var value = operation.ReturnedValue is null ? Value.Null : Visit(operation.ReturnedValue, frame);
        if (operation.Kind == OperationKind.YieldReturn)
        {
            frame.Yields?.Add(value);
            return Flow.Next;
        }
        if (operation.Kind != OperationKind.YieldBreak) frame.Result = value;
        return Flow.Return;
    }

    /// <summary>The items of anything that can be enumerated; null (and a problem) otherwise.</summary>
    List<Value>? Items(Value value, IOperation at, Frame frame)
    {
        switch (value)
        {
            case Sequence sequence: return [.. sequence.Items];
            case ShapeValue shape: return [.. shape.Sizes];
            case DictionaryValue dictionary: return dictionary.Items.Select(i => (Value)new TupleValue([new Const(i.Key), i.Value])).ToList();
            case Const { Content: string text }: return text.Select(c => (Value)new Const(c)).ToList();
            case StepsValue:
                Refuse(Rules.Construct, "The steps of a tensor are for 'foreach' alone, first to last or with Reverse(); for an axis of constant size there is Unbind(axis), an array.", at, frame);
                return null;
            case TensorValue tensor:
                Refuse(Rules.Construct, $"A tensor {tensor.Node.Shape} cannot be enumerated; write foreach (var step in x.Steps(axis: 0)), or loop over an index and write x[i].", at, frame);
                return null;
            case Const { Content: null }:
                Fail("The collection is null here.", at, frame);
                return null;
            case { IsPoison: false }:
                Refuse(Rules.Construct, "This collection is not known at compile time; use an array or a list.", at, frame);
                return null;
            default: return null;
        }
    }

    Flow ForEach(IForEachLoopOperation loop, Frame frame)
    {
        if (loop.IsAsynchronous)
        {
            Refuse(Rules.Construct, "'await foreach' cannot be compiled: a compiled step runs in one go.", loop, frame);
            return Flow.Next;
        }
        var collection = Visit(loop.Collection, frame);
        if (collection is StepsValue steps) return ForEachStep(loop, steps, frame);
        var items = Items(collection, loop.Collection, frame);
        var outer = frame.Scope;
        var flow = Flow.Next;
        foreach (var item in items ?? [Value.Poison])
        {
            frame.Scope = new Scope(outer);
            switch (loop.LoopControlVariable)
            {
                case IVariableDeclaratorOperation declarator:
                    frame.Scope.Declare(declarator.Symbol, item.Copy());
                    break;
                case { } target:
                    AssignParts(target, item, target, frame);
                    break;
            }
            flow = Execute(loop.Body, frame);
            if (flow is Flow.Break or Flow.Return) break;
        }
        frame.Scope = outer;
        return flow == Flow.Return ? flow : Flow.Next;
    }

    Flow For(IForLoopOperation loop, Frame frame)
    {
        var outer = frame.Scope;
        frame.Scope = new Scope(outer);
        foreach (var statement in loop.Before) Execute(statement, frame);
        var flow = Flow.Next;
        while (true)
        {
            var condition = loop.Condition is null ? true : Condition(loop.Condition, frame);
            if (condition == false) break;
            flow = Execute(loop.Body, frame);
            if (flow is Flow.Break or Flow.Return || condition is null) break;
            foreach (var statement in loop.AtLoopBottom) Execute(statement, frame);
        }
        frame.Scope = outer;
        return flow == Flow.Return ? flow : Flow.Next;
    }

    Flow While(IWhileLoopOperation loop, Frame frame)
    {
        while (true)
        {
            bool? condition = true;
            if (loop.ConditionIsTop && (condition = Condition(loop.Condition, frame)) == false) return Flow.Next;
            var flow = Execute(loop.Body, frame);
            if (flow == Flow.Return) return flow;
            if (flow == Flow.Break || condition is null) return Flow.Next;
            if (!loop.ConditionIsTop && Condition(loop.Condition, frame) is not true) return Flow.Next;
        }
    }

    Flow Switch(ISwitchOperation choice, Frame frame)
    {
        var value = Visit(choice.Value, frame);
        if (value is TensorValue)
        {
            Refuse(Rules.TensorDecision, Refusals.TensorDecision, choice.Value, frame);
            value = Value.Poison;
        }
        var outer = frame.Scope;
        frame.Scope = new Scope(outer);
        var section = value.IsPoison ? choice.Cases.FirstOrDefault() : choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => Matches(clause, value, frame)));
        section ??= choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause.CaseKind == CaseKind.Default));
        var flow = section is null ? Flow.Next : Block(section.Body, frame);
        frame.Scope = outer;
        return flow == Flow.Break ? Flow.Next : flow;
    }

    bool Matches(ICaseClauseOperation clause, Value value, Frame frame) => clause switch
    {
        IPatternCaseClauseOperation pattern => Match(pattern.Pattern, value, frame) == true && (pattern.Guard is null || Condition(pattern.Guard, frame) == true),
        ISingleValueCaseClauseOperation single => AreEqual(value, Visit(single.Value, frame)) == true,
        _ => false,
    };
}
