using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;

namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>Values for the inputs of one call, and for the symbols of their shapes.</summary>
public sealed class ModelInputs
{
    readonly Dictionary<string, NdArray> values = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> symbols = new(StringComparer.Ordinal);
    readonly bool isDouble;

    internal ModelInputs(ModelSpec spec) => isDouble = spec.Precision == DType.Float64;

    internal ModelInputs Bind(string symbol, int value)
    {
        symbols[symbol] = value;
        return this;
    }

    /// <summary>Adds an input; floats are rounded to the model's precision.</summary>
    internal ModelInputs Add(InputSpec input, IReadOnlyList<double> data)
    {
        values[input.Name] = new NdArray(input.Shape.Evaluate(s => symbols[s]), [.. data]).RoundedTo(input.DType);
        return this;
    }

    internal bool Has(string name) => values.ContainsKey(name);

    internal NdArray this[string name] => values[name];

    internal long Symbol(string name) => symbols[name];

    public float[] Floats(string name) => Array.ConvertAll(values[name].Data, x => (float)x);

    public double[] Doubles(string name) => values[name].Data;

    public int[] Ints(string name) => Array.ConvertAll(values[name].Data, x => (int)x);

    public int Size(string symbol) => symbols[symbol];

    public Tensor Tensor(string name) => isDouble ? new Tensor(Doubles(name), values[name].Shape) : new Tensor(Floats(name), values[name].Shape);

    public IntTensor IntTensor(string name) => new(Ints(name), values[name].Shape);
}
