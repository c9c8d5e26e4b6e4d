using System.Globalization;
using System.Text;
using ModelGen.Compiler.Codegen.Loops;

namespace ModelGen.Compiler.Codegen;

/// <summary>
/// All that the text of a kernel depends on: its shape, its ops and how they are wired, and the roles, types and sizes of what it reads and writes, but not which layer's. Kernels of equal
/// layers have equal identities, and need not be printed to find that out.
/// </summary>
internal sealed class KernelIdentity
{
    readonly StringBuilder text = new();
    readonly Dictionary<Node, int> numbers = [];
    readonly HashSet<Node> computed = [];

    KernelIdentity()
    {
    }

    public static string Of(Kernel kernel)
    {
        var identity = new KernelIdentity();
        identity.Append(kernel);
        identity.Nodes("reads", kernel.Reads);
        identity.Nodes("writes", kernel.Writes);
        return identity.text.ToString();
    }

    void Append(Kernel kernel)
    {
        switch (kernel)
        {
            case LoopKernel loop:
                computed.UnionWith(loop.Body);
                text.Append(loop.Form).Append(' ').Append(loop.Space.Shape).Append(loop.Space.Split).Append(' ').Append(loop.Outer).Append('\n');
                Nodes("body", loop.Body);
                Nodes("stores", loop.Stores);
                Nodes("operands", loop.Operands);
                break;
            case CallKernel call:
                computed.Add(call.Node);
                Append(call.Call);
                Nodes("node", [call.Node]);
                if (call.Epilogue is { } epilogue) Append(epilogue);
                Nodes("target", [call.Target]);
                if (call.Updated is { } updated) Nodes("updated", [updated]);
                if (call.Pooling is { } pooling) Append(pooling);
                break;
            case CopyKernel copy:
                computed.Add(copy.Node);
                text.Append("copy ").Append(copy.Clear).Append('\n');
                Nodes("node", [copy.Node]);
                break;
            default:
                throw new InvalidOperationException($"{kernel.Name} is not printed.");
        }
    }

    void Append(KernelCall call)
    {
        text.Append(call.Method).Append(' ').Append(call.ShapeType).Append(' ').Append(call.IntMembers).Append(' ').Append(call.Update);
        foreach (var (member, value) in call.Shape) text.Append(' ').Append(member).Append('=').Append(value);
        foreach (var option in call.Options) text.Append(' ').Append(option);
        foreach (var operand in call.Operands ?? []) text.Append(' ').Append(operand?.ToString(CultureInfo.InvariantCulture) ?? "none");
        text.Append(' ').Append(call.RandomStream).Append(' ').Append(call.Epilogue).Append('\n');
    }

    void Nodes(string what, IReadOnlyList<Node> nodes)
    {
        var each = nodes.Select(Number).ToArray();
        text.Append(what);
        foreach (int number in each) text.Append(' ').Append(number);
        text.Append('\n');
    }

    // A node is described where it first occurs, after its inputs when the kernel computes it or sees it through a view.
    int Number(Node node)
    {
        if (numbers.TryGetValue(node, out int known)) return known;
        bool isInside = computed.Contains(node) || node.Op is Reshape;
        var inputs = isInside ? node.Inputs.Select(Number).ToArray() : [];
        int number = numbers[node] = numbers.Count;
        text.Append(number).Append(": ").Append(isInside || Views.IsImmediate(node) ? node.Op.Identity : node.Op.Name).Append(' ').Append(node.DType).Append(node.Shape).Append(node.Stored)
            .Append(' ').Append(LoopNames.Local(node)).Append(' ').Append(KernelSignature.RoleOf(node));
        foreach (int input in inputs) text.Append(' ').Append(input);
        text.Append('\n');
        return number;
    }
}
