using ModelGen.Compiler.Autodiff;

namespace ModelGen;

public sealed partial class Tensor
{
    /// <summary>
    /// dy/dx for a scalar <paramref name="y"/>; for any other the gradient of the sum of its elements. Where the elements of y belong to independent rows
    /// of x, as in a batch, that is each row's own derivative: <c>var ux = Tensor.Gradient(u, x); var uxx = Tensor.Gradient(ux, x);</c>
    /// </summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="x">With respect to what: an input, or any value that y is computed from. Equal computations are one value, wherever they stand.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>, which can be differentiated again, to any order that the ops have.</returns>
    /// <remarks>In a compiled method it is differentiated at compile time. PyTorch: <c>torch.autograd.grad(y.sum(), x, create_graph=True)</c>.</remarks>
    /// <exception cref="ModelShapeException">y is not computed from x (MG0303), or an op between them has no such derivative (MG0301).</exception>
    public static Tensor Gradient(Tensor y, Tensor x) => Derive(Derivatives.Gradient, y, x);

    /// <summary>The gradients of the sum of y's elements with respect to several tensors, as <see cref="Gradient(Tensor, Tensor)"/> gives each.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="x">With respect to what.</param>
    /// <returns>One tensor for each x, of its shape.</returns>
    /// <exception cref="ModelShapeException">y is not computed from one of them (MG0303), or an op between has no such derivative (MG0301).</exception>
    public static Tensor[] Gradient(Tensor y, params Tensor[] x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return [.. x.Select((part, i) => Derive(Derivatives.Gradient, y, part, element: i))];
    }

    /// <summary>vᵀ·J with J = dy/dx: the gradient of the sum of y · v, where v counts as a constant.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="x">With respect to what.</param>
    /// <param name="v">The weights of y's elements, of the shape of <paramref name="y"/>.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    /// <remarks>PyTorch: <c>torch.autograd.grad(y, x, v)</c>.</remarks>
    /// <exception cref="ModelShapeException">v has another shape; y is not computed from x; or an op between them has no derivative.</exception>
    public static Tensor Vjp(Tensor y, Tensor x, Tensor v) => Derive(Derivatives.Vjp, y, x, v, nameof(v));

    /// <summary>J·v with J = dy/dx: how y changes when x moves along v.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="x">What moves.</param>
    /// <param name="v">The direction, of the shape of <paramref name="x"/>.</param>
    /// <returns>A tensor of the shape of <paramref name="y"/>.</returns>
    /// <remarks>Two reverse sweeps make it, so every op on the way must have a second derivative. PyTorch: <c>torch.func.jvp</c>.</remarks>
    /// <exception cref="ModelShapeException">v has another shape; y is not computed from x; or an op between them has no derivative.</exception>
    public static Tensor Jvp(Tensor y, Tensor x, Tensor v) => Derive(Derivatives.Jvp, y, x, v, nameof(v));

    /// <summary>H·v, where H is the matrix of second derivatives of the sum of y's elements: how the gradient changes when x moves along v.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="x">With respect to what.</param>
    /// <param name="v">The direction, of the shape of <paramref name="x"/>; it counts as a constant.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>. H itself is never formed.</returns>
    /// <remarks>PyTorch: <c>torch.autograd.functional.hvp</c>.</remarks>
    /// <exception cref="ModelShapeException">v has another shape; y is not computed from x, or linear in it; or an op between them has no derivative.</exception>
    public static Tensor Hvp(Tensor y, Tensor x, Tensor v) => Derive(Derivatives.Hvp, y, x, v, nameof(v));

    /// <summary>
    /// The matrix dy/dx of each row: y [..., m] and x [..., n] → [..., m, n], where the rows (all axes but the last) do not know each other. It takes m
    /// reverse sweeps: for small m.
    /// </summary>
    /// <param name="y">What is differentiated; its last axis has a constant size.</param>
    /// <param name="x">With respect to what.</param>
    /// <exception cref="ModelShapeException">The shapes do not fit; y is not computed from x; or an op between them has no derivative.</exception>
    public static Tensor Jacobian(Tensor y, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(x);
        try
        {
            Derivatives.CheckJacobian(Compiler.Shapes.Shape.Of(y.Values.Shape), Compiler.Shapes.Shape.Of(x.Values.Shape));
        }
        catch (Compiler.Shapes.ModelException broken)
        {
            throw new ModelShapeException(broken);
        }
        return Stack(-2, [.. y.Unbind(-1).Select(element => Gradient(element, x))]);
    }

    /// <summary>
    /// The same values with a gradient of your own: to <paramref name="x"/> flows what <paramref name="backward"/> makes of the gradient that comes in, and
    /// nothing flows to this tensor itself. For a better formula than the chain rule's, a clipped gradient, or a pass through a step function:
    /// <c>x.Round().WithGradient(x, gradient => gradient)</c>. <see cref="GradientCheck"/> compares it with differences.
    /// </summary>
    /// <param name="x">What this tensor is computed from.</param>
    /// <param name="backward">From dL/dy, of the shape of this tensor, to dL/dx, of the shape of <paramref name="x"/>. It may use any tensors of the forward pass.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public Tensor WithGradient(Tensor x, Func<Tensor, Tensor> backward)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(backward);
        return new(Values, DType, new CustomOrigin(this, [x], gradient => [backward(gradient)]));
    }

    /// <summary>The same for a value of two tensors: <paramref name="backward"/> makes a gradient for each.</summary>
    /// <param name="x1">What this tensor is computed from.</param>
    /// <param name="x2">What else it is computed from.</param>
    /// <param name="backward">From dL/dy to dL/dx1 and dL/dx2, each of the shape of its x.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public Tensor WithGradient(Tensor x1, Tensor x2, Func<Tensor, (Tensor, Tensor)> backward)
    {
        ArgumentNullException.ThrowIfNull(x1);
        ArgumentNullException.ThrowIfNull(x2);
        ArgumentNullException.ThrowIfNull(backward);
        return new(Values, DType, new CustomOrigin(this, [x1, x2], gradient =>
        {
            var (first, second) = backward(gradient);
            return [first, second];
        }));
    }

    static Tensor Derive(string method, Tensor y, Tensor x, int element = -1)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(x);
        return Eager.Derive(method, y, x, v: null, element);
    }

    static Tensor Derive(string method, Tensor y, Tensor x, Tensor v, string direction)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(v, direction);
        return Eager.Derive(method, y, x, v);
    }
}
