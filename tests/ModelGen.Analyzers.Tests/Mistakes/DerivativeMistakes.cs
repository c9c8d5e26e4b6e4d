using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG0301, MG0303: derivatives that do not exist.</summary>
internal static class DerivativeMistakes
{
    const string Layers = "readonly Linear a = new(5), b = new(1);";
    const string Shape = "[Shape(\"N\", 8)] Tensor x";

    public static IEnumerable<Mistake> All =>
    [
        new("MG0301", "the gradient of 'Relu'", "var u = x.Apply(a).Relu().Apply(b); var ux = Tensor.Gradient(u, x); return [|Tensor.Gradient(ux, x)|];", Layers),
        new("MG0301", "'Round'", "[|Tensor.Gradient(x.Round(), x)|]"),
        new("MG0301", "'StopGradient'", "[|Tensor.Gradient(x.Square().StopGradient(), x)|]"),
        new("MG0301", "the gradient of 'max_pool2d'", "var g = Tensor.Gradient(x.MaxPool2d(2), x); return [|Tensor.Gradient(g, x)|];", Inputs: Image),
        OfLoss("MG0301", "through 'Ctc'", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", 3)] IntTensor y", "[|Tensor.Hvp(Forward(x).Ctc(y), x, x)|].Mean()", shape: "\"N\", \"T\", 8"),
        OfLoss("MG0301", "through 'Ctc'", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", 3)] IntTensor y", "[|Tensor.Gradient(Forward(x).Ctc(y), x)|].Square().Mean()", shape: "\"N\", \"T\", 8"),
        new("MG0303", "'x' is not computed from 'y'", "var y = x.Exp(); return Tensor.Gradient(x, [|y|]);"),
        new("MG0303", "does not depend on 'x'", "var u = x.Apply(a).Apply(b); var ux = Tensor.Gradient(u, x); return Tensor.Gradient(ux, [|x|]);", Layers),
        new("MG0303", "not computed from", "var u = x.Tanh(); var gradients = Tensor.Gradient(u, x, [|x.Exp()|]); return gradients[0];"),
        new("MG0303", "a constant", "Tensor.Gradient(x * 2, [|Tensor.Ones(8)|])"),
        new("MG0114", "a direction 'v' of the shape of 'x'", "Tensor.Jvp(x.Tanh(), x, [|x.Sum()|])"),
        new("MG0114", "a direction 'v' of the shape of 'y'", "Tensor.Vjp(x.Tanh().Sum(-1), x, [|x|])"),
        new("MG0114", "'Jacobian' needs", "[|Tensor.Jacobian(x.Tanh().Sum(), x)|]"),
        new("MG0114", "'WithGradient' needs a gradient of the shape", "x.Square().WithGradient(x, [|gradient => gradient.Sum()|])"),
        OfLoss("MG0114", "input 2", Shape, "x.Square().WithGradient(x, x.Tanh(), [|g => (g, g[0])|]).Mean() * x.Apply(a).Mean()"),
    ];
}
