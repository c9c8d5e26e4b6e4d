namespace ModelGen.Compiler.Ops;

/// <summary>
/// The formulas of one step of a recurrent layer, gates in PyTorch's order, and the names of its kernels. A step's row of states is
/// <see cref="States"/> groups of H numbers, of which the first is the hidden state h.
/// </summary>
internal abstract class RecurrentCell
{
    /// <summary>Of the op and of the runtime's class: <c>Lstm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Groups of H that the weights make.</summary>
    public abstract int Gates { get; }

    /// <summary>Groups of H that a step leaves.</summary>
    public abstract int States { get; }

    /// <summary>The first groups of states that the next step needs.</summary>
    public virtual int Carried => 1;

    /// <summary>Groups of H that the way back gives. The first <see cref="Gates"/> of them are the gradients of h' W + b.</summary>
    public abstract int Gradients { get; }

    /// <summary>Whether the bias of the hidden state is an input of the op; else it is added to the input's part beforehand.</summary>
    public virtual bool HasBias => false;

    /// <summary>The gradient of the input's part [N, T, gates · H], out of all gradients [N, T, gradients · H].</summary>
    public virtual Node OfInput(Node gradients, Dim hidden) => gradients;

    /// <summary>One unit's step, in plain numbers.</summary>
    /// <param name="input">The input's part of each gate.</param>
    /// <param name="product">h' W of each gate.</param>
    /// <param name="bias">b of each gate, where the cell has one.</param>
    /// <param name="previous">The unit's last states.</param>
    public abstract double[] Forward(double[] input, double[] product, double[] bias, double[] previous);

    /// <summary>One unit's way back: the gradients of the gates.</summary>
    /// <param name="dh">dL/dh without the carry.</param>
    /// <param name="carry">What came from the next step past the weights; replaced by what goes on.</param>
    /// <param name="state">The unit's states at this step.</param>
    /// <param name="previous">The unit's states at the step before.</param>
    public abstract double[] Backward(double dh, ref double carry, double[] state, double[] previous);

    /// <summary>The step of all units, as ordinary nodes; each argument holds one node [N, H] for each gate or state, the bias [H].</summary>
    /// <param name="input">The input's part of each gate.</param>
    /// <param name="product">h' W of each gate.</param>
    /// <param name="bias">b of each gate, where the cell has one.</param>
    /// <param name="previous">The last states.</param>
    public abstract Node[] Step(Node[] input, Node[] product, Node[] bias, Node[] previous);

    /// <summary>The way back of all units, as ordinary nodes [N, H]: the gradients of the gates, and what goes on past the weights.</summary>
    /// <param name="dh">dL/dh without the carry.</param>
    /// <param name="carry">What came from the next step past the weights.</param>
    /// <param name="state">The states at this step.</param>
    /// <param name="previous">The states at the step before.</param>
    public abstract (Node[] Gates, Node Carry) StepBack(Node dh, Node carry, Node[] state, Node[] previous);

    protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>i, f, o = σ(·), g = tanh(·), c = f c' + i g, h = o tanh(c). States: h, c, i, f, g, o.</summary>
internal sealed class LstmCell : RecurrentCell
{
    public static readonly LstmCell Instance = new();

    public override string Name => "Lstm";
    public override int Gates => 4;
    public override int States => 6;
    public override int Carried => 2;
    public override int Gradients => 4;

    public override double[] Forward(double[] input, double[] product, double[] bias, double[] previous)
    {
        double At(int gate) => input[gate] + product[gate];
        double i = Sigmoid(At(0)), f = Sigmoid(At(1)), g = Math.Tanh(At(2)), o = Sigmoid(At(3)), c = (f * previous[1]) + (i * g);
        return [o * Math.Tanh(c), c, i, f, g, o];
    }

    public override double[] Backward(double dh, ref double carry, double[] state, double[] previous)
    {
        double i = state[2], f = state[3], g = state[4], o = state[5], tanh = Math.Tanh(state[1]);
        double dc = carry + (dh * o * (1 - (tanh * tanh)));
        carry = dc * f;
        return [dc * g * i * (1 - i), dc * previous[1] * f * (1 - f), dc * i * (1 - (g * g)), dh * tanh * o * (1 - o)];
    }

    public override Node[] Step(Node[] input, Node[] product, Node[] bias, Node[] previous)
    {
        Node At(int gate) => input[gate] + product[gate];
        Node i = Ops.Sigmoid.Of(At(0)), f = Ops.Sigmoid.Of(At(1)), g = Tanh.Of(At(2)), o = Ops.Sigmoid.Of(At(3)), c = (f * previous[1]) + (i * g);
        return [o * Tanh.Of(c), c, i, f, g, o];
    }

    public override (Node[] Gates, Node Carry) StepBack(Node dh, Node carry, Node[] state, Node[] previous)
    {
        Node i = state[2], f = state[3], g = state[4], o = state[5], tanh = Tanh.Of(state[1]);
        var dc = carry + (dh * o * (1 - Square.Of(tanh)));
        return ([dc * g * i * (1 - i), dc * previous[1] * f * (1 - f), dc * i * (1 - Square.Of(g)), dh * tanh * o * (1 - o)], dc * f);
    }
}

/// <summary>r, z = σ(·), m = (h' W + b)ₙ, n = tanh(· + r m), h = (1 - z) n + z h'. States: h, r, z, n, m.</summary>
internal sealed class GruCell : RecurrentCell
{
    public static readonly GruCell Instance = new();

    public override string Name => "Gru";
    public override int Gates => 3;
    public override int States => 5;
    public override int Gradients => 4;
    public override bool HasBias => true;

    // r, z, m, n: the input's part of the last gate is n's, not m's.
    public override Node OfInput(Node gradients, Dim hidden) =>
        Concat.Of(2, Slice.Of(gradients, 2, Dim.Zero, hidden * 2), Slice.Of(gradients, 2, hidden * 3, hidden));

    public override double[] Forward(double[] input, double[] product, double[] bias, double[] previous)
    {
        double r = Sigmoid(input[0] + product[0] + bias[0]), z = Sigmoid(input[1] + product[1] + bias[1]), m = product[2] + bias[2], n = Math.Tanh(input[2] + (r * m));
        return [((1 - z) * n) + (z * previous[0]), r, z, n, m];
    }

    public override double[] Backward(double dh, ref double carry, double[] state, double[] previous)
    {
        double r = state[1], z = state[2], n = state[3], m = state[4], total = dh + carry;
        double dn = total * (1 - z) * (1 - (n * n));
        carry = total * z;
        return [dn * m * r * (1 - r), total * (previous[0] - n) * z * (1 - z), dn * r, dn];
    }

    public override Node[] Step(Node[] input, Node[] product, Node[] bias, Node[] previous)
    {
        Node r = Ops.Sigmoid.Of(input[0] + product[0] + bias[0]), z = Ops.Sigmoid.Of(input[1] + product[1] + bias[1]), m = product[2] + bias[2], n = Tanh.Of(input[2] + (r * m));
        return [((1 - z) * n) + (z * previous[0]), r, z, n, m];
    }

    public override (Node[] Gates, Node Carry) StepBack(Node dh, Node carry, Node[] state, Node[] previous)
    {
        Node r = state[1], z = state[2], n = state[3], m = state[4], total = dh + carry;
        var dn = total * (1 - z) * (1 - Square.Of(n));
        return ([dn * m * r * (1 - r), total * (previous[0] - n) * z * (1 - z), dn * r, dn], total * z);
    }
}

/// <summary>h = tanh(· + h' W). States: h.</summary>
internal sealed class RnnCell : RecurrentCell
{
    public static readonly RnnCell Instance = new();

    public override string Name => "Rnn";
    public override int Gates => 1;
    public override int States => 1;
    public override int Gradients => 1;

    public override double[] Forward(double[] input, double[] product, double[] bias, double[] previous) => [Math.Tanh(input[0] + product[0])];

    public override double[] Backward(double dh, ref double carry, double[] state, double[] previous) => [dh * (1 - (state[0] * state[0]))];

    public override Node[] Step(Node[] input, Node[] product, Node[] bias, Node[] previous) => [Tanh.Of(input[0] + product[0])];

    public override (Node[] Gates, Node Carry) StepBack(Node dh, Node carry, Node[] state, Node[] previous) => ([dh * (1 - Square.Of(state[0]))], carry);
}
