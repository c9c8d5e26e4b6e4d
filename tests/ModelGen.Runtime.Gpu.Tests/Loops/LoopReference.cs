using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Scheduling;
using ModelGen.Testing;

namespace ModelGen.Runtime.Gpu.Tests.Loops;

/// <summary>Random contents for the memory that a loop reads, and what the reference semantics of its ops make of them, in double precision.</summary>
internal sealed class LoopReference
{
    readonly Dictionary<Node, NdArray> values = [];
    readonly Func<string, long> symbol;

    public LoopReference(LoopKernel kernel, Func<string, long> symbol, ulong seed)
    {
        this.symbol = symbol;
        var random = new Lcg(seed);
        foreach (var root in kernel.Reads)
        {
            var shape = root.Shape.Evaluate(symbol);
            var data = new double[NdArray.Count(shape)];
            for (int i = 0; i < data.Length; i++) data[i] = root.DType == DType.Int32 ? random.Next(3) : random.Next(-2, 2);
            // A sum of squares cannot come out near zero by chance: an RMS norm would divide by what rounding left of it.
            if (root.Op is Square) data = Array.ConvertAll(data, v => v * v);
            values[root] = new NdArray(shape, data).RoundedTo(root.DType);
        }
    }

    /// <summary>The value of a node that the loop reads or computes.</summary>
    public NdArray this[Node node]
    {
        get
        {
            if (values.TryGetValue(node, out var known)) return known;
            var call = new ReferenceCall([.. node.Inputs.Select(i => this[i])], node.Shape.Evaluate(symbol), d => d.Evaluate(symbol),
                (_, _) => throw new InvalidOperationException("A loop draws no random numbers."));
            return values[node] = node.Op.Reference(call);
        }
    }
}
