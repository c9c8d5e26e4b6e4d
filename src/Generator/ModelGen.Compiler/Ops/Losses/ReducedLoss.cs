namespace ModelGen.Compiler.Ops;

/// <summary>The end of every loss: its elements become their mean, their sum, or stay.</summary>
internal static class ReducedLoss
{
    public static Node Of(Node losses, LossReduction reduction)
    {
        int[] all = Enumerable.Range(0, losses.Shape.Rank).ToArray();
        return reduction switch
        {
            LossReduction.Mean => Mean.Of(losses, all, keepDims: false),
            LossReduction.Sum => Sum.Of(losses, all, keepDims: false),
            _ => losses,
        };
    }

    /// <summary>A number as messages show it.</summary>
    internal static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
