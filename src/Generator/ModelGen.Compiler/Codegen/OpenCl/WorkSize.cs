namespace ModelGen.Compiler.Codegen.OpenCl;

/// <summary>How many work-items a kernel is started with: <paramref name="Groups"/> work-groups of <paramref name="GroupSize"/> items, in one dimension.</summary>
internal sealed record WorkSize(Dim Groups, int GroupSize)
{
    /// <summary>At least <paramref name="items"/> items; the kernel leaves out those beyond.</summary>
    public static WorkSize ForItems(Dim items, int groupSize) => new((items + Dim.Of(groupSize - 1)).FloorDivide(groupSize), groupSize);
}
