namespace ModelGen.Generator.Capture;

/// <summary>The sentences for C# that a compiled method cannot contain: what it is, and what to write instead.</summary>
internal static class Refusals
{
    public const string TensorDecision =
        "A branch or loop cannot depend on the value of a tensor: both ways are compiled before the value exists. Compute both and choose with Tensor.Where, or decide on a constant.";

    static readonly Dictionary<OperationKind, string> Sentences = new()
    {
        [OperationKind.Try] = "'try' cannot be compiled: a compiled step has no exceptions to catch. Remove it.",
        [OperationKind.Lock] = "'lock' cannot be compiled: a step has exclusive use of its model. Remove it.",
        [OperationKind.Using] = "'using' cannot be compiled: there is nothing to dispose in a compiled step. Remove it.",
        [OperationKind.UsingDeclaration] = "'using' cannot be compiled: there is nothing to dispose in a compiled step. Remove it.",
        [OperationKind.Await] = "'await' cannot be compiled: a compiled step runs in one go. Remove it.",
        [OperationKind.DynamicInvocation] = "'dynamic' cannot be compiled: give the expression a static type.",
        [OperationKind.DynamicMemberReference] = "'dynamic' cannot be compiled: give the expression a static type.",
        [OperationKind.DynamicIndexerAccess] = "'dynamic' cannot be compiled: give the expression a static type.",
        [OperationKind.DynamicObjectCreation] = "'dynamic' cannot be compiled: give the expression a static type.",
        [OperationKind.TypeOf] = "Reflection cannot be compiled: decide on a constant, or use a generic method.",
        [OperationKind.AnonymousObjectCreation] = "Anonymous objects are not supported in compiled code; use a tuple or a record.",
        [OperationKind.AddressOf] = "Pointers cannot be compiled; use tensors and indexers.",
        [OperationKind.FunctionPointerInvocation] = "Function pointers cannot be compiled; call the method directly.",
        [OperationKind.EventReference] = "Events cannot be compiled; call the method directly.",
        [OperationKind.EventAssignment] = "Events cannot be compiled; call the method directly.",
        [OperationKind.Labeled] = "'goto' cannot be compiled; use a loop.",
        [OperationKind.End] = "'stop' cannot be compiled.",
        [OperationKind.None] = "This construct is not supported in compiled code; write it with ordinary variables, arrays and loops.",
    };

    public static string For(IOperation operation) => Sentences.TryGetValue(operation.Kind, out var sentence)
        ? sentence
        : $"This expression ({operation.Kind}) is not supported in compiled code.";
}
