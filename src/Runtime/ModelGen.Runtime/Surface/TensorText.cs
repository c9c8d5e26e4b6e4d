using System.Globalization;
using System.Text;
using ModelGen.Compiler.Ir;

namespace ModelGen.Execution;

/// <summary>Prints tensors for people, in the manner of NumPy: columns aligned, the middle of a large tensor left out.</summary>
internal static class TensorText
{
    const int Threshold = 1000, Edge = 3;

    public static string Of(NdArray values, string type)
    {
        var text = new StringBuilder($"{type} [{string.Join(", ", values.Shape)}]");
        text.Append(values.Rank == 0 ? " " : "\n");
        bool summarise = values.Length > Threshold;
        int width = 0;
        Walk(values, summarise, (_, number) => width = Math.Max(width, number.Length));
        Print(text, values, summarise, width, axis: 0, offset: 0);
        return text.ToString();
    }

    static void Print(StringBuilder text, NdArray values, bool summarise, int width, int axis, int offset)
    {
        if (axis == values.Rank)
        {
            text.Append(values.Rank == 0 ? Number(values.Data[offset]) : Number(values.Data[offset]).PadLeft(width));
            return;
        }
        int size = values.Shape[axis], step = values.Strides()[axis];
        bool lastAxis = axis == values.Rank - 1;
        string separator = lastAxis ? ", " : "," + new string('\n', values.Rank - 1 - axis) + new string(' ', axis + 1);
        text.Append('[');
        for (int i = 0; i < size; i++)
        {
            if (i > 0) text.Append(separator);
            if (summarise && size > 2 * Edge && i == Edge)
            {
                text.Append("...").Append(separator);
                i = size - Edge;
            }
            Print(text, values, summarise, width, axis + 1, offset + (i * step));
        }
        text.Append(']');
    }

    // Visits the numbers that are shown.
    static void Walk(NdArray values, bool summarise, Action<int, string> visit)
    {
        Visit(0, 0);

        void Visit(int axis, int offset)
        {
            if (axis == values.Rank)
            {
                visit(offset, Number(values.Data[offset]));
                return;
            }
            int size = values.Shape[axis], step = values.Strides()[axis];
            for (int i = 0; i < size; i++)
            {
                if (summarise && size > 2 * Edge && i == Edge) i = size - Edge;
                Visit(axis + 1, offset + (i * step));
            }
        }
    }

    static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
