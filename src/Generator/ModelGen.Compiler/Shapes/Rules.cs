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

    /// <summary>A gradient with respect to something that has no influence: a value, or what an objective updates.</summary>
    public const string NoGradient = "MG0303";

    // Declaration.
    public const string NotPartial = "MG0001";
    public const string Nested = "MG0002";
    public const string Generic = "MG0003";
    public const string ClassKind = "MG0004";
    public const string ModelConstructor = "MG0005";
    public const string MissingForward = "MG0006";
    public const string MissingInterface = "MG0007";
    public const string UnsafeBlocks = "MG0009";
    public const string ShapeAttribute = "MG0010";
    public const string Overload = "MG0011";
    public const string EntrySignature = "MG0012";
    public const string UpdatedLayers = "MG0013";
    public const string LayerName = "MG0014";
    public const string ReservedMember = "MG0015";
    public const string Storage = "MG0016";

    // Results.
    public const string DeclaredResult = "MG0115";

    // What C# may appear in a compiled method.
    public const string TensorDecision = "MG0201";
    public const string Construct = "MG0202";
    public const string UnknownCall = "MG0203";
    public const string CreatedLayer = "MG0204";
    public const string ChangedState = "MG0205";
    public const string MutableStatic = "MG0206";
    public const string UnnamedLayer = "MG0207";
    public const string SymbolicSize = "MG0208";
    public const string Evaluation = "MG0209";
    public const string Budget = "MG0210";
    public const string Impure = "MG0211";
    public const string GeneratedMember = "MG0212";

    // Advice: the model compiles.
    public const string ShapeHint = "MG0901";
    public const string UnusedLayer = "MG0902";
    public const string UnusedInput = "MG0903";
    public const string DebugBuild = "MG0904";

    /// <summary>A fault of ModelGen itself.</summary>
    public const string Internal = "MG9999";
}
