namespace ModelGen.Compiler.Ir;

/// <summary>One value of a <see cref="Graph"/>: an op applied to other nodes. Gradients are ordinary nodes.</summary>
internal sealed class Node
{
    internal Node(Graph graph, int id, Op op, Node[] inputs, TensorType type, string? checkpoint = null, int repetition = 0)
    {
        (Graph, Id, Op, Inputs, Type, Checkpoint, Repetition) = (graph, id, op, inputs, type, checkpoint, repetition);
    }

    public Graph Graph { get; }

    /// <summary>Position in creation order; every input has a smaller one.</summary>
    public int Id { get; }

    public Op Op { get; }
    public IReadOnlyList<Node> Inputs { get; }
    public TensorType Type { get; }
    public Shape Shape => Type.Shape;
    public DType DType => Type.DType;

    DType? stored;

    /// <summary>The element type of its memory: the schedule stores some rounded values in 16 bits.</summary>
    public DType Stored
    {
        get => stored ?? DType;
        set => stored = value;
    }

    /// <summary>The user's name for the value (a local variable, a layer), where there is one. It names variables in the output.</summary>
    public string? Name { get; set; }

    /// <summary>The composite op that this node is a part of, where it is one. It names kernels in the output.</summary>
    public string? Origin { get; set; }

    /// <summary>The node whose gradient rule made this one, where one did: messages speak of the op that the user wrote.</summary>
    public Node? GradientOf { get; set; }

    /// <summary>The application of a layer that the node is part of, where the backward pass computes that layer's activations again.</summary>
    public string? Checkpoint { get; }

    /// <summary>0; or the number of the application that is computed again by this node. It is no common subexpression with the first time.</summary>
    public int Repetition { get; }

    // Gradient rules and layers are written as formulas.
    public static Node operator +(Node a, Node b) => Ops.Add.Of(a, b);
    public static Node operator -(Node a, Node b) => Ops.Subtract.Of(a, b);
    public static Node operator *(Node a, Node b) => Ops.Multiply.Of(a, b);
    public static Node operator /(Node a, Node b) => Ops.Divide.Of(a, b);
    public static Node operator -(Node a) => Ops.Negate.Of(a);
    public static Node operator +(Node a, double b) => a + a.Graph.Constant(b, a.DType);
    public static Node operator -(Node a, double b) => a - a.Graph.Constant(b, a.DType);
    public static Node operator *(Node a, double b) => a * a.Graph.Constant(b, a.DType);
    public static Node operator /(Node a, double b) => a / a.Graph.Constant(b, a.DType);
    public static Node operator +(double a, Node b) => b.Graph.Constant(a, b.DType) + b;
    public static Node operator -(double a, Node b) => b.Graph.Constant(a, b.DType) - b;
    public static Node operator *(double a, Node b) => b.Graph.Constant(a, b.DType) * b;
    public static Node operator /(double a, Node b) => b.Graph.Constant(a, b.DType) / b;

    public override string ToString() => $"%{Id} = {Op}({string.Join(", ", Inputs.Select(i => "%" + i.Id))}) : {Type}";
}
