using System.Numerics;
using ModelGen.Compiler.Codegen.OpenCl;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Scheduling;
using ModelGen.Testing;

namespace ModelGen.Runtime.Gpu.Tests.Loops;

/// <summary>Every fused loop of every model, printed as OpenCL C and run on the device, equals the reference semantics of its ops.</summary>
public sealed class LoopTests
{
    // Around the numbers of work-items that begin another group.
    static readonly int[] Sizes = [.. Enumerable.Range(1, 17), 31, 32, 33, 47, 63, 64, 65, 66, 67];

    // Convolutions have large activations.
    static readonly int[] FewSizes = [1, 2, 3, 16, 33, 67];

    // The simulator checks every access, and takes its time.
    static readonly int[] SimulatedSizes = [1, 18];

    // Near the middle between two numbers of 16 bits, the last bit of a float decides which one it is; those of bfloat16 are this far apart.
    const double NarrowStep = 1.0 / 128;

    public static TheoryData<string> Models => [.. ModelLoops.Names];

    [OpenClTheory]
    [MemberData(nameof(Models))]
    public void Equal_the_reference(string model)
    {
        var loops = ModelLoops.Of(model);
        if (loops.Precision == DType.Float64) Run<double>(loops, 1e-13);
        else Run<float>(loops, 1e-4);   // rounding grows where a row is divided by its small size; the float64 models show that the formulas are right
    }

    static void Run<T>(ModelLoops loops, double tolerance) where T : unmanaged, INumber<T>
    {
        using var context = new OpenClContext();
        if (typeof(T) == typeof(double) && !context.Device.SupportsDouble) return;
        using var program = context.Build(loops.Source);
        foreach (var (kernel, use) in loops.Loops)
        {
            using var compiled = program.Kernel(use.Name);
            foreach (int n in context.Device.Platform == "Oclgrind" ? SimulatedSizes : kernel.Space.Shape.Elements.Evaluate(_ => 1) > 150 ? FewSizes : Sizes)
                Compare<T>(context, compiled, kernel, use, n, kernel.Body.Any(b => b.Op is RoundTo) ? NarrowStep : tolerance);
        }
    }

    static void Compare<T>(OpenClContext context, OpenClKernel compiled, LoopKernel kernel, OpenClKernelUse use, int n, double tolerance) where T : unmanaged, INumber<T>
    {
        // Two symbols are two different sizes.
        long Symbol(string name) => name == "T" ? (n % 9) + 1 : n;
        var reference = new LoopReference(kernel, Symbol, Philox.Stream($"{use.Name} {n}"));
        var buffers = new Dictionary<Node, OpenClBuffer<T>>();
        var integers = new List<OpenClBuffer<int>>();
        try
        {
            int index = 0;
            foreach (var symbol in use.Symbols) compiled.With(index++, (int)Symbol(symbol));
            foreach (var root in use.Memory)
            {
                if (root.DType == DType.Int32)
                {
                    var labels = context.Copy<int>(Array.ConvertAll(reference[root].Data, v => (int)v));
                    integers.Add(labels);
                    compiled.With(index++, labels);
                    continue;
                }
                // Results begin as NaN: an element that nobody writes is found.
                var initial = kernel.Reads.Contains(root) ? reference[root].Data : [.. Enumerable.Repeat(double.NaN, checked((int)root.Shape.Elements.Evaluate(Symbol)))];
                compiled.With(index++, buffers[root] = context.Copy<T>(Array.ConvertAll(initial, T.CreateTruncating)));
            }
            compiled.Run(use.WorkSize.Groups.Evaluate(Symbol), use.WorkSize.GroupSize);
            foreach (var store in kernel.Stores)
            {
                var actual = new T[buffers[store].Length];
                buffers[store].Read(actual);
                Near(reference[store].Data, actual, tolerance, $"{use.Name}, {store} for N = {n}");
            }
        }
        finally
        {
            foreach (var buffer in buffers.Values) buffer.Dispose();
            foreach (var buffer in integers) buffer.Dispose();
        }
    }

    static void Near<T>(double[] expected, T[] actual, double tolerance, string what) where T : INumber<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        double magnitude = Math.Max(1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < expected.Length; i++)
        {
            double value = double.CreateChecked(actual[i]);
            Assert.True(expected[i].Equals(value) || Math.Abs(expected[i] - value) <= tolerance * magnitude, $"{what}, element {i} of {expected.Length}: expected {expected[i]:R}, got {value:R}");
        }
    }
}
