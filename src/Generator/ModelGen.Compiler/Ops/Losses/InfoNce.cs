namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = mean over i of ln Σ_j exp(s_ij) - s_ii, with s_ij = cos(x_i, key_j) / τ: rows [N, D] of queries and of keys, of which key i is the positive one of query i
/// and all others are negatives (A. van den Oord, Y. Li and O. Vinyals 2018; with cosines and temperature as in SimCLR, T. Chen et al. 2020).
/// </summary>
internal static class InfoNce
{
    public static readonly TensorMethod Method = new()
    {
        Name = "InfoNce",
        Summary = "The contrastive loss InfoNCE: the mean cross-entropy of finding, for each query, its own key among all keys of the batch by their cosine over a temperature. Rows [N, D] of both; key i belongs to query i.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the queries, [N, D]"), SurfaceParameter.Tensor("key", "the keys, of the same shape"),
            SurfaceParameter.Float("temperature", "what the cosines are divided by, above 0", 0.1), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), key = call.Tensor("key");
            MeanSquaredError.RequireSameShape(call.Method, x, key, "key");
            if (x.Shape.Rank != 2) throw new ModelException(Rules.Rank, $"'{call.Method}' takes rows [N, D] with 2 axes, but was given {x.Shape}, which has {x.Shape.Rank}.");
            double temperature = call.Float("temperature");
            if (!(temperature > 0) || double.IsInfinity(temperature)) throw new ModelException(Rules.Argument,
                $"'{call.Method}' needs a finite 'temperature' above 0, but it is {ReducedLoss.Text(temperature)}.") { Argument = "temperature" };
            Node queries = Unit(x, call.Method) * (1 / temperature), keys = Unit(key, call.Method);
            var scores = MatMul.Of(queries, Permute.Of(keys, [1, 0]));
            return ReducedLoss.Of(LogSumExp.Of(scores, [1]) - Sum.Of(queries * keys, [1], keepDims: false), call.Reduction);
        },
        Samples = [new([4, 5], [4, 5]), new Sample([3, 6], [3, 6]).With("temperature", 0.5).With("reduction", (int)LossReduction.None)],
    };

    // The smallest length is that of torch.nn.functional.normalize.
    static Node Unit(Node x, string method) => x / Maximum.Of(Norm.Of(x, 2, [1], keepDims: true, method), x.Graph.Constant(1e-12, x.DType));
}
