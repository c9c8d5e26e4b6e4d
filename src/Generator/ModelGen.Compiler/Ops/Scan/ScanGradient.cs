using ModelGen.Compiler.Autodiff;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// The gradient of a <see cref="Scan"/>: a scan in the other direction. Each step computes the forward step once more from the kept carries, and from it what the
/// gradients of its results give to its inputs. What is the same in every step collects a sum; where that sum is of products or of rows (weights and biases), the steps
/// leave the factors instead, and one product outside makes the gradient of all of them at once.
/// </summary>
internal static class ScanGradient
{
    public static void Add(Scan scan, MultiVjp vjp)
    {
        var forward = vjp.Node;
        if (!scan.Keep) forward = vjp.Graph.Add(new Scan(scan.Body, scan.Sequences, scan.Carries, keep: true, scan.Reverse), forward.Inputs.ToArray());
        int outputs = scan.Body.Outputs.Count, invariants = forward.Inputs.Count - scan.Sequences - scan.Carries;
        var body = new Graph { Cancellation = vjp.Graph.Cancellation, Precision = vjp.Graph.Precision };

        // ---- what the steps back are given: the sequences, the carries as they were met, the gradients of what the steps gave
        var sequences = new List<Node>();
        Node Sequence(Node rows)
        {
            sequences.Add(rows);
            return body.Add(new ScanLeaf(sequences.Count - 1, new TensorType(rows.DType, new Shape(rows.Shape.Skip(1)))));
        }
        var leaves = new Node[forward.Inputs.Count];
        for (int i = 0; i < scan.Sequences; i++) leaves[i] = Sequence(forward.Inputs[i]);
        for (int i = 0; i < scan.Carries; i++) leaves[scan.Sequences + i] = Sequence(MultiResultOp.Part(forward, outputs + i));
        var dStacked = Enumerable.Range(scan.Carries, scan.Stacked).Select(i => vjp.Dy(i) is { } dy ? Sequence(dy) : null).ToArray();
        var dMet = Enumerable.Range(outputs, scan.Carries).Select(i => vjp.Dy(i) is { } dy ? Sequence(dy) : null).ToArray();

        // ---- what they carry: the gradients of the carries, and the sums. Leaves are numbered when all sequences are known.
        var initials = new List<Node>();
        Node Carry(Node first)
        {
            initials.Add(first);
            return body.Add(new ScanLeaf(sequences.Count + initials.Count - 1, first.Type));
        }
        Node Zero(TensorType type) => BroadcastTo.Of(vjp.Graph.Constant(0, type.DType), type.Shape);
        var dCarry = Enumerable.Range(0, scan.Carries).Select(i => Carry(vjp.Dy(i) ?? Zero(forward.Inputs[scan.Sequences + i].Type))).ToArray();

        // ---- the forward step once more; invariants get their numbers at the end, when the sums are known
        int firstInvariant = scan.Sequences + scan.Carries;
        var placeholders = new Node[invariants];
        for (int i = 0; i < invariants; i++) leaves[firstInvariant + i] = placeholders[i] = body.Add(new ScanLeaf(int.MaxValue - i, forward.Inputs[firstInvariant + i].Type));
        var copies = new Dictionary<Node, Node>();
        foreach (var node in scan.Body.Live())
            copies[node] = node.Op is ScanLeaf leaf ? leaves[leaf.Index] : body.Add(node.Op, node.Inputs.Select(i => copies[i]).ToArray());
        var results = scan.Body.Outputs.Select(o => copies[o.Value]).ToArray();

        var seeds = new List<(Node Y, Node Dy)>();
        for (int i = 0; i < scan.Carries; i++) seeds.Add((results[i], dCarry[i]));
        for (int i = 0; i < scan.Stacked; i++)
            if (dStacked[i] is { } dy) seeds.Add((results[scan.Carries + i], dy));
        int[] wanted = Enumerable.Range(0, leaves.Length).Where(i => leaves[i].DType.IsFloat() && (i >= scan.Sequences && i < firstInvariant || vjp.Needs(i))).ToArray();
        var gradients = wanted.Zip(ReverseMode.Gradient(seeds, wanted.Select(i => leaves[i]).ToArray()), (i, g) => (Input: i, Gradient: g)).ToDictionary(p => p.Input, p => p.Gradient);

        // ---- what the steps back give
        var next = new List<Node>();
        for (int i = 0; i < scan.Carries; i++) next.Add(dMet[i] is { } met ? gradients[scan.Sequences + i] + met : gradients[scan.Sequences + i]);
        var stacked = new List<Node>();
        var later = new List<Action<Node>>();   // what the results are added to, once there are any
        int Stack(Node value)
        {
            int known = stacked.IndexOf(value);
            if (known >= 0) return known;
            stacked.Add(value);
            return stacked.Count - 1;
        }
        foreach (int input in wanted)
        {
            if (input < scan.Sequences)
            {
                int at = Stack(gradients[input]);
                later.Add(back => vjp.Add(input, MultiResultOp.Part(back, initials.Count + at)));
            }
            else if (input < firstInvariant)
            {
                int at = input - scan.Sequences;
                later.Add(back => vjp.Add(input, MultiResultOp.Part(back, at)));
            }
            else
            {
                foreach (var term in Terms(gradients[input])) AddInvariant(input, term);
            }
        }

        void AddInvariant(int input, Node term)
        {
            // Σₜ aₜᵀ bₜ = Aᵀ B over all rows of all steps.
            if (term.Op is MatMul { TransposeA: true, TransposeB: false } && term.Inputs.All(i => i.Shape.Rank == 2))
            {
                int a = Stack(term.Inputs[0]), b = Stack(term.Inputs[1]);
                later.Add(back => vjp.Add(input, vjp.Graph.Add(new MatMul(true, false), Rows(MultiResultOp.Part(back, initials.Count + a)), Rows(MultiResultOp.Part(back, initials.Count + b)))));
                return;
            }
            // Σₜ of sums over rows is one sum.
            if ((term.Op is Reshape ? term.Inputs[0] : term) is { Op: Sum sum } rows && sum.Axes.SequenceEqual([0]) && rows.Inputs[0].Shape.Rank == 2)
            {
                int x = Stack(rows.Inputs[0]);
                later.Add(back => vjp.Add(input, Reshape.Of(Sum.Of(Rows(MultiResultOp.Part(back, initials.Count + x)), [0], keepDims: false), term.Shape)));
                return;
            }
            if (term.Op is BroadcastTo && term.Inputs[0].Op is ConstantLeaf { Value: 0 }) return;
            int at = initials.Count;
            next.Add(Carry(Zero(term.Type)) + term);
            later.Add(back => vjp.Add(input, MultiResultOp.Part(back, at)));
        }

        // ---- the loop
        int given = sequences.Count + initials.Count;
        foreach (var (value, i) in next.Concat(stacked).Select((v, i) => (v, i))) body.Outputs.Add((i < next.Count ? "next" + i : "each" + (i - next.Count), value));
        var numbered = body.Rewrite((target, node, _) => node.Op is ScanLeaf { Index: > int.MaxValue / 2 } leaf ? target.Add(new ScanLeaf(given + (int.MaxValue - leaf.Index), leaf.Type)) : null);
        var back = vjp.Graph.Add(new Scan(numbered, sequences.Count, initials.Count, keep: false, !scan.Reverse), [.. sequences, .. initials, .. forward.Inputs.Skip(firstInvariant)]);
        foreach (var add in later) add(back);
    }

    static IEnumerable<Node> Terms(Node sum) => sum.Op is Ops.Add && sum.Inputs.All(i => i.Shape == sum.Shape) ? sum.Inputs.SelectMany(Terms) : [sum];

    // [T, N, ...] as [T · N, ...].
    static Node Rows(Node x) => Reshape.Of(x, new Shape(x.Shape.Skip(2).Prepend(x.Shape[0] * x.Shape[1])));
}
