namespace ModelGen.Compiler.Shapes;

/// <summary>What a <see cref="Repair"/> changes.</summary>
internal enum RepairKind
{
    /// <summary>The argument named <see cref="Repair.Target"/> becomes <see cref="Repair.Text"/>; of a layer, where the layer is created.</summary>
    SetArgument,

    /// <summary><see cref="Repair.Text"/> is appended to the tensor argument named <see cref="Repair.Target"/>: <c>.Transpose()</c>.</summary>
    AppendCall,

    /// <summary>The <c>[Shape(...)]</c> of the input that is the argument named <see cref="Repair.Target"/> becomes <see cref="Repair.Text"/>.</summary>
    DeclareShape,
}

/// <summary>The change that makes a rule hold, where it is computable. Whoever knows the source turns it into an edit.</summary>
/// <param name="Kind">What is changed.</param>
/// <param name="Target">The parameter of the op or layer.</param>
/// <param name="Text">The new C# text.</param>
/// <param name="Element">For an argument with several values (<c>params</c>): which of them.</param>
internal sealed record Repair(RepairKind Kind, string Target, string Text, int Element = 0)
{
    public static Repair Set(string argument, Dim value, int element = 0) => new(RepairKind.SetArgument, argument, value.ToString(), element);

    public static Repair Append(string operand, string call) => new(RepairKind.AppendCall, operand, call);

    /// <summary>The dimensions of a shape as arguments of [Shape]; null when one is more than a number or a name.</summary>
    public static string? Dimensions(Shape shape)
    {
        var texts = shape.Select(d => d.IsConstant ? d.ToString() : d.SymbolName is { } name ? "\"" + name + "\"" : null).ToArray();
        return texts.Contains(null) ? null : string.Join(", ", texts);
    }
}
