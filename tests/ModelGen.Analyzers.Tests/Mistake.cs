namespace ModelGen.Analyzers.Tests;

/// <summary>One wrong model. The wrong expression stands between [| and |].</summary>
/// <param name="Id">The rule.</param>
/// <param name="Message">A part of the message.</param>
/// <param name="Body">The body of Forward: an expression, or statements with a return.</param>
/// <param name="Members">Fields and other methods.</param>
/// <param name="Fixed">A part of the source after the fix; null when there is none.</param>
/// <param name="Inputs">The parameters of Forward.</param>
/// <param name="Types">Further types.</param>
public sealed record Mistake(string Id, string Message, string Body, string Members = "", string? Fixed = null, string Inputs = Mistake.Vector, string Types = "")
{
    public const string Vector = "[Shape(\"N\", 8)] Tensor x";
    public const string Image = "[Shape(\"N\", 3, 16, 16)] Tensor x";
    public const string Sequence = "[Shape(\"N\", \"T\", 8)] Tensor x";

    /// <summary>A whole file in place of the parts.</summary>
    public string? File { get; init; }

    public static Mistake Whole(string id, string message, string file, string? @fixed = null) => new(id, message, "", Fixed: @fixed) { File = file };

    /// <summary>A model with a right Forward and a wrong Loss.</summary>
    public static Mistake OfLoss(string id, string message, string inputs, string body, string? @fixed = null, string forward = "x.Apply(a)", string shape = "\"N\", 8", string members = "readonly Linear a = new(5);") =>
        Whole(id, message, $$"""
            [Model]
            public partial class Net
            {
                {{members}}
                public Tensor Forward([Shape({{shape}})] Tensor x) => {{forward}};
                public Tensor Loss({{inputs}}) => {{body}};
            }
            """, @fixed);

    /// <summary>The same model with another part marked.</summary>
    public Mistake Marked(string part, string marked) => this with { File = Source.Replace(part, marked, StringComparison.Ordinal) };

    public string Source => File ?? $$"""
        namespace Nets;
        [Model]
        public partial class Net
        {
            {{Members}}
            public Tensor Forward({{Inputs}}) {{(Body.Contains("return", StringComparison.Ordinal) ? "{ " + Body + " }" : "=> " + Body + ";")}}
        }
        {{Types}}
        """;
}
