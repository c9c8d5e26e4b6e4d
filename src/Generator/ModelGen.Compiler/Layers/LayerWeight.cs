namespace ModelGen.Compiler.Layers;

/// <summary>
/// The weight of a layer that may be normed: as it is; with <c>WeightNorm</c> g v / ‖v‖ for each part along PyTorch's first axis (T. Salimans, D. Kingma 2016), which are the outputs, and the
/// inputs of a transposed convolution; with <c>SpectralNorm</c> W / σ(W), where the largest singular value σ of the matrix [outputs, all else] comes from one step of power iteration on a vector
/// that is kept (T. Miyato et al. 2018).
/// </summary>
internal static class LayerWeight
{
    // PyTorch's bound of lengths that divide.
    const double Least = 1e-12;

    public static readonly IReadOnlyList<SurfaceParameter> Properties = PropertiesOf("output");

    /// <param name="part">What WeightNorm gives a length each.</param>
    public static IReadOnlyList<SurfaceParameter> PropertiesOf(string part) =>
    [
        SurfaceParameter.Bool("WeightNorm", $"whether the weight of each {part} is a trained length times a direction, weight_g · weight_v / ‖weight_v‖; the lengths start at √⅓, which is what those of the first directions are on average", false),
        SurfaceParameter.Bool("SpectralNorm", "whether the weight is divided by its largest singular value, which a step of power iteration follows in training; weight_orig is trained, weight_u and weight_v are state", false),
    ];

    /// <param name="layer">The application.</param>
    /// <param name="logicalShape">PyTorch's shape.</param>
    /// <param name="initializer">Of the weight, or of what it is made of.</param>
    /// <param name="storageAxes">The order of axes in memory, PyTorch's first one last.</param>
    /// <param name="outputAxis">PyTorch's axis of the outputs: the first, unless the convolution is transposed.</param>
    public static Node Of(LayerCall layer, Shape logicalShape, Initializer initializer, IReadOnlyList<int> storageAxes, int outputAxis = 0)
    {
        bool isSpectral = layer.Arguments.Bool("SpectralNorm");
        if (!layer.Arguments.Bool("WeightNorm")) return isSpectral ? Spectral(layer, logicalShape, initializer, storageAxes, outputAxis) : layer.Parameter("weight", logicalShape, initializer, storageAxes);
        if (isSpectral) throw new ModelException(Rules.Argument, $"{layer.Display} has both WeightNorm and SpectralNorm; choose one.") { Argument = "SpectralNorm" };
        var lengths = layer.Parameter("weight_g", new Shape(logicalShape.Select((d, i) => i == 0 ? d : Dim.One)), Initializer.Constant(Math.Sqrt(1.0 / 3)), storageAxes);
        var directions = layer.Parameter("weight_v", logicalShape, initializer, storageAxes);
        return directions * (lengths / Norm.Of(directions, 2, Enumerable.Range(0, logicalShape.Rank - 1).ToArray(), keepDims: true, layer.Display));
    }

    // Inference makes the step as well, and keeps nothing of it: so σ is never that of vectors which have not met the weight yet.
    static Node Spectral(LayerCall layer, Shape logicalShape, Initializer initializer, IReadOnlyList<int> storageAxes, int outputAxis)
    {
        var weight = layer.Parameter("weight_orig", logicalShape, initializer, storageAxes);
        // The axes of the inputs, in the order of the storage.
        int[] others = storageAxes.Where(a => a != outputAxis).ToArray();
        Dim outputs = logicalShape[outputAxis], inputs = others.Aggregate(Dim.One, (product, a) => product * logicalShape[a]);
        Node left = layer.State("weight_u", new Shape(outputs), Initializer.Normal(1));
        layer.State("weight_v", new Shape(inputs), Initializer.Normal(1));
        var outputsLast = Permute.Of(weight, others.Append(outputAxis).Select(a => Array.IndexOf(storageAxes.ToArray(), a)).ToArray());
        var matrix = Ops.Reshape.Of(outputsLast, new Shape(inputs, outputs));
        // Directions are constants for the gradient.
        var right = StopGradient(Unit(Ops.MatMul.Of(matrix, left)));
        var product = Ops.MatMul.Of(right, matrix);
        left = StopGradient(Unit(product));
        if (layer.Training)
        {
            layer.Update("weight_u", left);
            layer.Update("weight_v", Logical(right, logicalShape, others));
        }
        return weight / Sum.Of(product * left, [0], keepDims: false);
    }

    static Node StopGradient(Node x) => x.Graph.Add(Ops.StopGradient.Instance, x);

    static Node Unit(Node x) => x / Maximum.Of(Sqrt.Of(Sum.Of(Square.Of(x), [0], keepDims: true)), x.Graph.Constant(Least, x.DType));

    // A vector of the inputs, from the order of the storage to PyTorch's.
    static Node Logical(Node x, Shape logicalShape, int[] others)
    {
        var stored = Ops.Reshape.Of(x, new Shape(others.Select(a => logicalShape[a])));
        return Ops.Reshape.Of(Permute.Of(stored, others.OrderBy(a => a).Select(a => Array.IndexOf(others, a)).ToArray()), x.Shape);
    }
}
