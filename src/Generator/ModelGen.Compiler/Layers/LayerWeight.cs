namespace ModelGen.Compiler.Layers;

/// <summary>
/// The weight of a layer that may be normed: as it is; with <c>WeightNorm</c> g v / ‖v‖ for each output (T. Salimans, D. Kingma 2016); with <c>SpectralNorm</c> W / σ(W), where the largest
/// singular value σ comes from one step of power iteration on a vector that is kept (T. Miyato et al. 2018).
/// </summary>
internal static class LayerWeight
{
    // PyTorch's bound of lengths that divide.
    const double Least = 1e-12;

    public static readonly IReadOnlyList<SurfaceParameter> Properties =
    [
        SurfaceParameter.Bool("WeightNorm", "whether the weight of each output is a trained length times a direction, weight_g · weight_v / ‖weight_v‖; the lengths start at √⅓, which is what those of the first directions are on average", false),
        SurfaceParameter.Bool("SpectralNorm", "whether the weight is divided by its largest singular value, which a step of power iteration follows in training; weight_orig is trained, weight_u and weight_v are state", false),
    ];

    /// <param name="layer">The application.</param>
    /// <param name="logicalShape">PyTorch's shape, outputs first.</param>
    /// <param name="initializer">Of the weight, or of what it is made of.</param>
    /// <param name="storageAxes">The order of axes in memory, outputs last.</param>
    public static Node Of(LayerCall layer, Shape logicalShape, Initializer initializer, IReadOnlyList<int> storageAxes)
    {
        bool isSpectral = layer.Arguments.Bool("SpectralNorm");
        if (!layer.Arguments.Bool("WeightNorm")) return isSpectral ? Spectral(layer, logicalShape, initializer, storageAxes) : layer.Parameter("weight", logicalShape, initializer, storageAxes);
        if (isSpectral) throw new ModelException(Rules.Argument, $"{layer.Display} has both WeightNorm and SpectralNorm; choose one.") { Argument = "SpectralNorm" };
        var lengths = layer.Parameter("weight_g", new Shape(logicalShape.Select((d, i) => i == 0 ? d : Dim.One)), Initializer.Constant(Math.Sqrt(1.0 / 3)), storageAxes);
        var directions = layer.Parameter("weight_v", logicalShape, initializer, storageAxes);
        return directions * (lengths / Norm.Of(directions, 2, Enumerable.Range(0, logicalShape.Rank - 1).ToArray(), keepDims: true, layer.Display));
    }

    // Inference makes the step as well, and keeps nothing of it: so σ is never that of vectors which have not met the weight yet.
    static Node Spectral(LayerCall layer, Shape logicalShape, Initializer initializer, IReadOnlyList<int> storageAxes)
    {
        var weight = layer.Parameter("weight_orig", logicalShape, initializer, storageAxes);
        Dim outputs = logicalShape[0], inputs = logicalShape.Product(1, logicalShape.Rank);
        Node left = layer.State("weight_u", new Shape(outputs), Initializer.Normal(1));
        layer.State("weight_v", new Shape(inputs), Initializer.Normal(1));
        var matrix = Ops.Reshape.Of(weight, new Shape(inputs, outputs));
        // Directions are constants for the gradient.
        var right = StopGradient(Unit(Ops.MatMul.Of(matrix, left)));
        var product = Ops.MatMul.Of(right, matrix);
        left = StopGradient(Unit(product));
        if (layer.Training)
        {
            layer.Update("weight_u", left);
            layer.Update("weight_v", Logical(right, logicalShape, storageAxes));
        }
        return weight / Sum.Of(product * left, [0], keepDims: false);
    }

    static Node StopGradient(Node x) => x.Graph.Add(Ops.StopGradient.Instance, x);

    static Node Unit(Node x) => x / Maximum.Of(Sqrt.Of(Sum.Of(Square.Of(x), [0], keepDims: true)), x.Graph.Constant(Least, x.DType));

    // A vector of the inputs, from the order of the storage to PyTorch's.
    static Node Logical(Node x, Shape logicalShape, IReadOnlyList<int> storageAxes)
    {
        int[] axes = storageAxes.Take(storageAxes.Count - 1).Select(a => a - 1).ToArray();
        var stored = Ops.Reshape.Of(x, new Shape(axes.Select(a => logicalShape[a + 1])));
        return Ops.Reshape.Of(Permute.Of(stored, Enumerable.Range(0, axes.Length).Select(a => Array.IndexOf(axes, a)).ToArray()), x.Shape);
    }
}
