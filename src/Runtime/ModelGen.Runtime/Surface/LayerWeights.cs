using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>Stores a new value of a layer's state.</summary>
internal delegate void NdArrayTarget(NdArray value);

/// <summary>
/// The weights of one eager layer: those of the model it belongs to, or its own, drawn with seed 0 when first needed. A layer of its
/// own has no path, so its streams are seeded by the bare names ("weight").
/// </summary>
internal sealed class LayerWeights
{
    // Made when first needed: a NativeAOT program that never runs eagerly then carries no NdArray.
    Dictionary<string, NdArray>? own;
    ParameterSet? model;

    public string Path { get; private set; } = "";

    /// <summary>The element type of the model's weights; float32 without a model.</summary>
    public DType Precision => model?.State.Precision == ModelGen.Precision.Float64 ? DType.Float64 : DType.Float32;

    /// <summary>The first binding counts.</summary>
    public void Bind(ParameterSet parameters, string path)
    {
        if (model is null) (model, Path) = (parameters, path);
    }

    /// <summary>The value in logical order.</summary>
    public NdArray Read(string path, int[] shape, Compiler.Ops.Initializer initializer, DType type)
    {
        if (model is null)
        {
            own ??= new(StringComparer.Ordinal);
            if (own.TryGetValue(path, out var known))
            {
                RequireShape(path, known.Shape, shape);
                return known;
            }
            var drawn = new NdArray(shape);
            new InitializerStream(0, path).Fill((Execution.InitializerKind)initializer.Kind, initializer.A, initializer.B, drawn.Data);
            return own[path] = drawn.RoundedTo(type);
        }
        var parameter = model[path];
        RequireShape(path, parameter.Shape, shape);
        return new NdArray(shape, parameter.Values.ToDoubleArray());
    }

    public void Write(string path, NdArray value)
    {
        if (model is null) (own ??= new(StringComparer.Ordinal))[path] = value;
        else model[path].Values.CopyFrom(value.Data);
    }

    static void RequireShape(string path, IReadOnlyList<int> held, int[] needed)
    {
        if (!held.SequenceEqual(needed)) throw new Compiler.Shapes.ModelException(Compiler.Shapes.Rules.FeatureCount,
            $"'{path}' is [{string.Join(", ", held)}], but this input needs [{string.Join(", ", needed)}]; use a second layer for inputs of another size.");
    }
}
