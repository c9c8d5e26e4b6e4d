namespace ModelGen.Compiler.Shapes;

/// <summary>
/// The ids of all rules. 00xx declaration, 01xx shapes, 02xx what C# may appear in a compiled method, 03xx training and
/// objectives, 04xx GPU and AOT, 09xx advice. Titles and pages: docs/diagnostics.
/// </summary>
internal static class Rules
{
    public const string Broadcast = "MG0101";
    public const string FeatureCount = "MG0102";
    public const string Rank = "MG0103";
    public const string MatMulSizes = "MG0104";
    public const string Reshape = "MG0105";
    public const string Axis = "MG0106";
    public const string Window = "MG0107";
    public const string Concat = "MG0108";
    public const string Index = "MG0109";
    public const string Labels = "MG0110";
    public const string Groups = "MG0111";
    public const string ElementType = "MG0112";
    public const string Argument = "MG0113";
    public const string SameShape = "MG0114";
    public const string NotDifferentiable = "MG0301";
    public const string ScalarLoss = "MG0302";
}
