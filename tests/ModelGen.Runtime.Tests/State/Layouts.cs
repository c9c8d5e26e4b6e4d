using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.State;

/// <summary>Layouts for tests, with offsets as the compiler assigns them.</summary>
internal static class Layouts
{
    public static ParameterLayout Weight(string name, int[] shape, int[]? storageAxes = null, bool frozen = false) =>
        new(name, shape, storageAxes ?? Enumerable.Range(0, shape.Length).ToArray(), 0, InitializerKind.Uniform, -0.5, 0.5, frozen, Trainable: true);

    public static ParameterLayout Running(string name, int[] shape, double value) =>
        new(name, shape, Enumerable.Range(0, shape.Length).ToArray(), 0, InitializerKind.Constant, value, 0, Frozen: false, Trainable: false);

    public static ModelLayout Of(string model, params ParameterLayout[] parameters)
    {
        var placed = new List<ParameterLayout>();
        long offset = 0, trainable = 0;
        foreach (var p in parameters.OrderBy(p => p.HasGradient ? 0 : p.Trainable ? 1 : 2))
        {
            placed.Add(p with { Offset = offset });
            offset = (offset + p.Length + ModelLayout.Alignment - 1) / ModelLayout.Alignment * ModelLayout.Alignment;
            if (p.HasGradient) trainable = offset;
        }
        return new ModelLayout(model, [.. placed], offset, trainable);
    }
}
