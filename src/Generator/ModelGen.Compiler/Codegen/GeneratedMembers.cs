namespace ModelGen.Compiler.Codegen;

/// <summary>
/// The names that the generated half of a model declares. The emitters take their names from here, and the analyzers know from here which
/// names the user's half must leave alone. A test compares them with what is generated.
/// </summary>
internal static class GeneratedMembers
{
    /// <summary>The field that holds weights, gradients and optimizer state.</summary>
    public const string State = "state";

    /// <summary>The method that an objective trains by: <c>TrainStep</c> for Loss, <c>AdversaryStep</c> for an objective Adversary.</summary>
    public static string Train(string objective) => objective == "Loss" ? "TrainStep" : objective + "Step";

    /// <summary>The method that computes an objective and its gradients.</summary>
    public static string Gradients(string objective) => "Compute" + Stem(objective) + "Gradients";

    /// <summary>The method that adds an objective's gradients to those that are there.</summary>
    public static string Accumulate(string objective) => "Accumulate" + Stem(objective) + "Gradients";

    /// <summary>The method that computes the gradient of each example.</summary>
    public static string PerExample(string objective) => "Compute" + Stem(objective) + "PerExampleGradients";

    /// <summary>The method that computes an objective alone.</summary>
    public static string Evaluate(string objective) => "Evaluate" + Stem(objective);

    /// <summary>Names of fields, properties and nested types: no member of the user's may have them.</summary>
    public static IEnumerable<string> Names(IEnumerable<string> objectives) =>
        new[] { State, "Layout", "Kernels", "Parameters", "Description", "DescriptionText", "PredictProgram" }
            .Concat(objectives.SelectMany(o => new[] { Train(o) + "Program", Evaluate(o) + "Program" }));

    /// <summary>
    /// The names that a model which can decode has besides. A model whose own half has one of them keeps it, and is given no decoding.
    /// </summary>
    public static readonly IReadOnlyList<string> Decoding = ["StartDecoding", "Decoding", "DecodeProgram"];

    /// <summary>Names of methods: the user's half may overload them with other parameters.</summary>
    public static IEnumerable<string> Methods(IEnumerable<string> objectives) =>
        new[] { "Predict", "Summary", "Initialize", "Save", "Load" }
            .Concat(objectives.SelectMany(o => new[] { Train(o), Train(o) + "Core", Train(o) + "Example", Gradients(o), PerExample(o), Accumulate(o), Evaluate(o) }));

    /// <summary>Names of the streaming session: a class that has one of them keeps it, and gets no session.</summary>
    public static readonly IReadOnlyList<string> Streaming = ["StartStreaming", "StreamingSession", "StreamCore", "StreamProgram"];

    static string Stem(string objective) => objective == "Loss" ? "" : objective;
}
