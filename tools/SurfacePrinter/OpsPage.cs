using System.Text;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;

namespace ModelGen.SurfacePrinting;

/// <summary>docs/ops.md: a table of every method and layer. Shapes, parameters and gradients are not described, but found out on the first sample.</summary>
internal static class OpsPage
{
    const string Intro = """
        # Ops and layers

        Printed by `tools/SurfacePrinter` from the definitions; a test compares. Do not edit.

        - **Shapes** are those of the first sample that the tests run.
        - **Gradient**: *every order* means that gradients can be differentiated again; *first order* that they cannot; *none* that nothing flows to an
          input: it is an integer, or the result is piecewise constant. The weights of a layer have a gradient in any case. Where only some inputs have a gradient, they are named.
        - **Tests**: every row has samples, which are its tests. Each is compared with a plain reference in double precision, with central differences (to the second
          order), with PyTorch in float64 where PyTorch has it (`tests/golden/ops.json`), and, compiled, with eager mode in every vector width and with several
          numbers of threads. The name is that of the golden entries.
        - Methods that draw random numbers are tested by their distributions, and compiled against eager mode with the same numbers.
        - Integers have a few of these methods, too: those that only move elements. Indices that a model computes itself are checked while it runs, unless their range is known.
        - `Split`, `Chunk` and `Unbind` give several tensors and are not in the table: they are slices. Nor are `Gradient`, `Vjp`, `Jvp`, `Hvp`, `Jacobian` and `WithGradient`: they
          differentiate what is ([how](decisions/0060-derivatives-by-name.md)). `Steps` is for loops: `foreach (var step in x.Steps(1))`.

        ## Not here, and why

        - **SyncBatchNorm**: a model trains in one process, whose threads share the statistics of the whole batch; there is nothing to synchronise.
        - **Layers of padding, upsampling, pixel shuffle, activation, flattening**: PyTorch's modules without weights are methods of `Tensor` here, and read the same in a `Forward`.
        - **BatchNorm, LayerNorm or a convolution that infers later** (`LazyLinear` and the like): every layer infers its input sizes, at compile time.
        - **A sparse mixture of experts**: which rows go where is known only at run time, and sizes are not. `MixtureOfExperts` is dense.
        - **Norms of weights and low-rank adaptation of any layer**: `WeightNorm` and `SpectralNorm` are properties of Linear and of convolutions, adaptation is a layer of its own beside Linear: PyTorch replaces an
          attribute of a module at run time, and here there is no such moment ([0068](decisions/0068-layers-from-layers.md)).
        - **Offsets of EmbeddingBag**: bags are rows, with lengths or a padding index; the number of a bag's elements would be a size that follows from data.
        - **Fused or foreach optimizers**: there is one kind; Sgd, Adam, AdamW and Lion update in the step that makes the gradients, the others right after it, in one fork ([0050](decisions/0050-updates-inside-the-step.md)).
        - **`if` and `while` on values**: the kernels of a program are known when it is built. `Where` chooses between values, `foreach` over `Steps` is a loop with a gradient. A loop that goes on
          until it has converged is one of bounded length, in which `Where` leaves as it is what is done: `HaltingNet` in the tests. Without a gradient it is a loop of C# around `Predict`.
        - **unique, nonzero, selection by a mask**: the sizes of their results follow from data. `Where`, `MaskedFill`, `Sort` and `TopK` keep sizes.
        - **Complex tensors**: an element type runs through every kernel, file and span of the surface, and networks need complex numbers between a transform and its inverse. They are pairs of
          reals in a last axis there (`Fft`, `ComplexMultiply`), and everything else works on the parts ([0069](decisions/0069-linear-algebra-and-transforms.md)).
        - **SVD and eigenvalues**: an iteration ends when it has converged, which depends on the values; its gradient is infinite where two singular values or eigenvalues are equal, and the vectors
          have signs that nobody chose. What models use them for mostly has a form without: `Cholesky`, `Solve` and `LogDeterminant`, or `SpectralNorm`'s power iteration.
        - **Sparse tensors and QR factors**: which elements are there would follow from data; sums by segment and `Gather` do what graph networks need. Least squares go through `Cholesky`.
        - **`vmap`**: a model is written for batches. Elementwise ops, reductions, products, attention and layers such as `Linear` take any leading axes; a convolution, a pooling or a recurrent layer takes one, into
          which `Reshape` merges others. What `vmap` is for elsewhere has names of its own: `ComputePerExampleGradients`, `Tensor.Jacobian`, and `Tensor.Gradient`, which of rows that do not know each other
          gives each row's own.
        - **Implicit differentiation**: three lines with what there is. `StopGradient` cuts the iteration off, `WithGradient` solves the adjoint equation with `Vjp`: `EquilibriumNet` in the tests, whose gradient is
          compared with differences. A function that takes the equation as an argument would save none of them.
        - **A second derivative of `Ctc`**: PyTorch has none either. The first is a difference of probabilities in a kernel of its own; the second would be a sum over pairs of places in all paths.


        """;

    public static string Print()
    {
        var text = new StringBuilder(Intro);
        text.Append("## Methods of `Tensor`\n\n| method | meaning | shapes | gradient | PyTorch | tests |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var method in OpRegistry.Methods) text.Append(Row(method));
        text.Append("\n## Layers\n\n| layer | meaning | shapes | parameters and state | gradient | PyTorch | tests |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var layer in LayerRegistry.Definitions) text.Append(Row(layer));
        return text.ToString();
    }

    static string Row(TensorMethod method)
    {
        var sample = method.Samples[0];
        var graph = new Graph();
        int next = 0;
        var inputs = new List<Node>();
        var arguments = sample.Arguments.ToDictionary(a => a.Key, a => Value(a.Value));
        foreach (var p in method.Parameters)
            if (p.Kind is ParameterKind.Tensor or ParameterKind.IntTensor) arguments[p.Name] = Input(p.Name, p.Kind == ParameterKind.Tensor ? DType.Float32 : DType.Int32);
            else if (p.Kind == ParameterKind.Tensors) arguments[p.Name] = sample.Shapes.Select((_, i) => Input(p.Name + i, DType.Float32)).ToArray();
        var results = Invocation.InvokeAll(graph, method, arguments);
        return Row([Code(Signature(method)), method.Summary, Shapes(inputs, results), results.FirstOrDefault(r => r.DType.IsFloat()) is { } differentiated ? Gradient(differentiated, inputs) : "none", PyTorch(method.PyTorch), Tests(method.Name + "/" + method.Parameters.Count, method.Samples.Count)]);

        Node Input(string name, DType type)
        {
            var node = graph.Add(new InputLeaf(name, new TensorType(type, Shape.Of(sample.Shapes[next++]))));
            inputs.Add(node);
            return node;
        }
    }

    static string Row(LayerDefinition layer)
    {
        var sample = layer.Samples[0];
        var graph = new Graph();
        var source = new Leaves(graph);
        var inputs = layer.Inputs.Take(sample.Shapes.Count).Select((input, i) => graph.Add(new InputLeaf(input.Name, new TensorType(input.IsIndex ? DType.Int32 : DType.Float32, Shape.Of(sample.Shapes[i]))))).ToArray();
        var result = Invocation.Apply(graph, layer, sample.Arguments.ToDictionary(a => a.Key, a => Value(a.Value)), "", layer.Name, inputs, training: true, source);
        string signature = $"{layer.Name}({string.Join(", ", layer.Constructor.Select(SurfaceFiles.Declaration))})";
        string properties = layer.Properties.Count == 0 ? "" : "{ " + string.Join(", ", layer.Properties.Select(p => p.Name)) + " }";
        return Row([Code(signature) + (properties.Length > 0 ? " " + Code(properties) : ""), layer.Summary, Shapes(inputs, [result]),
            source.Declared.Count == 0 ? "" : string.Join(", ", source.Declared.Select(Code)), Gradient(result, inputs), PyTorch(layer.PyTorch), Tests(layer.Name, layer.Samples.Count)]);
    }

    static string Row(IEnumerable<string> cells) => "| " + string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))) + " |\n";

    static string Signature(TensorMethod method)
    {
        if (method.Name.StartsWith("operator ", StringComparison.Ordinal))
        {
            string symbol = method.Name["operator ".Length..];
            return method.Parameters.Count == 1 ? $"{symbol}{method.Parameters[0].Name}" : $"{method.Parameters[0].Name} {symbol} {method.Parameters[1].Name}";
        }
        var parameters = method.Parameters.Skip(method.IsStatic ? 0 : 1).Select(SurfaceFiles.Declaration);
        return $"{(method.IsStatic ? "Tensor" : method.Parameters[0].Name)}.{method.Name}({string.Join(", ", parameters)})";
    }

    static string Shapes(IEnumerable<Node> inputs, IEnumerable<Node> results) => (string.Join(", ", inputs.Select(i => i.Shape)) + " → " + string.Join(", ", results.Select(r => r.Shape))).Trim();

    static string PyTorch(string? name) => name is null ? "" : Code(name);

    static string Tests(string key, int samples) => Code($"{key}#0{(samples > 1 ? $"..{samples - 1}" : "")}");

    static string Code(string text) => "`" + text + "`";

    // Of Σ y², so that a gradient that is linear in dy has to be differentiated as well.
    static string Gradient(Node result, IReadOnlyList<Node> inputs)
    {
        var floats = inputs.Where(i => i.DType.IsFloat()).ToArray();
        var flowing = Flowing(Total(result * result), floats);
        if (flowing.Length == 0) return "none";
        string order = "every order";
        try
        {
            var gradients = ReverseMode.Gradient(Total(result * result), flowing);
            ReverseMode.Gradient(gradients.Select(Total).Aggregate((a, b) => a + b), flowing);
        }
        catch (ModelException e) when (e.Id == Rules.NotDifferentiable)
        {
            order = "first order";
        }
        return flowing.Length == floats.Length ? order : $"{order}, of {string.Join(", ", flowing.Select(f => ((InputLeaf)f.Op).Input))}";
    }

    static Node[] Flowing(Node loss, Node[] inputs)
    {
        var gradients = ReverseMode.Gradient(loss, inputs);
        return [.. inputs.Where((_, i) => gradients[i].Op is not (BroadcastTo or ConstantLeaf) || gradients[i].Inputs is not ([] or [{ Op: ConstantLeaf { Value: 0 } }]))];
    }

    static Node Total(Node x) => Sum.Of(x, Enumerable.Range(0, x.Shape.Rank).ToArray(), keepDims: false);

    static object? Value(object argument) => argument switch
    {
        int whole => (Dim)whole,
        int[] several => several.Select(s => (Dim)s).ToArray(),
        _ => argument,
    };

    /// <summary>The leaves of a layer, which are listed.</summary>
    sealed class Leaves(Graph graph) : IParameterSource
    {
        public List<string> Declared { get; } = [];

        public Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen)
        {
            Declared.Add($"{path} {logicalShape}");
            return graph.Add(new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen, DType.Float32));
        }

        public Node State(string path, Shape shape, Initializer initializer)
        {
            Declared.Add($"{path} {shape}");
            return graph.Add(new StateLeaf(path, shape, initializer, DType.Float32));
        }

        public void Update(string path, Node value) { }
    }
}
