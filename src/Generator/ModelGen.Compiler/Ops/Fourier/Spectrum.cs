namespace ModelGen.Compiler.Ops;

/// <summary>What the Fourier transforms share. A complex number is a pair of reals, the last axis of a tensor: real and imaginary part, as of torch.view_as_real.</summary>
internal static class Spectrum
{
    /// <summary>The axis to transform of complex numbers, which is never that of the pairs.</summary>
    public static int Axis(Call call, Node x)
    {
        RequirePairs(call.Method, x, "x");
        int axis = call.Axis("axis", x);
        if (axis == x.Shape.Rank - 1) throw new ModelException(Rules.Axis,
            $"'{call.Method}' is asked for axis {axis} of {x.Shape}, which holds the real and the imaginary parts.") { Argument = "axis" };
        return axis;
    }

    /// <summary>Refuses what are no pairs.</summary>
    public static void RequirePairs(string method, Node x, string argument)
    {
        if (x.Shape.Rank < 1 || !x.Shape[x.Shape.Rank - 1].Is(2)) throw new ModelException(Rules.Rank,
            $"'{method}' takes complex numbers as pairs [..., 2] of real and imaginary parts, but was given {x.Shape}.") { Argument = argument };
    }

    /// <summary>How many coefficients the spectrum of so many real numbers has: the others are the conjugates of these.</summary>
    public static Dim Coefficients(Dim size) => size.FloorDivide(2) + 1;

    /// <summary>1 / n, for a size that may be known at run time only.</summary>
    public static Node Scaled(Node y, Dim n) => n.IsConstant ? y * (1.0 / n.Value) : y / y.Graph.Size(n, y.DType);

    /// <summary>The call of one of the kernels: lines of so many complex or real numbers.</summary>
    public static KernelCall Kernel(string method, string label, string option, Shape lines, int axis, Dim length, int last) => new()
    {
        Method = method,
        Label = $"{label} {length}",
        ShapeType = "LineShape",
        Options = [option],
        Shape = [("Outer", lines.Product(0, axis)), ("Length", length), ("Inner", lines.Product(axis + 1, last))],
    };

    // ---- plain references

    /// <summary>The lines along one axis of complex numbers: where real parts stand.</summary>
    public static IEnumerable<int[]> Lines(int[] shape, int axis) => AxisLines.Of([.. shape.Take(shape.Length - 1)], axis).Select(line => line.Select(i => 2 * i).ToArray());

    /// <summary>The j-th of n roots of 1, raised to the power of k: e^(-2πi jk / n), exact where it is ±1 or ±i.</summary>
    public static (double Re, double Im) Root(int n, long j, long k)
    {
        long turn = j * k % n;
        if (4 * turn % n == 0) return (4 * turn / n) switch { 0 => (1, 0), 1 => (0, -1), 2 => (-1, 0), _ => (0, 1) };
        double angle = -2 * Math.PI * turn / n;
        return (Math.Cos(angle), Math.Sin(angle));
    }
}
