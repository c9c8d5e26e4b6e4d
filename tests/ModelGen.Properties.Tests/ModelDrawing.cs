using System.Globalization;
using ModelGen.Testing;

namespace ModelGen.Properties.Tests;

/// <summary>
/// Draws a valid model: it keeps the shape of the running value itself (without the batch, which stays symbolic), independently of the compiler,
/// and adds statements that fit it.
/// </summary>
internal sealed partial class ModelDrawing
{
    readonly Lcg random;
    readonly RandomModel model;
    readonly List<string> fields = [], body = [], types = [];
    readonly string name;
    int[] shape;   // of x, without its first axis
    int next;

    ModelDrawing(string name, Lcg random)
    {
        (this.name, this.random) = (name, random);
        shape = random.Next(3) switch
        {
            0 => [Size(1, 4), Size(4, 7), Size(4, 7)],
            1 => [Size(2, 5), Size(2, 6)],
            _ => [Size(2, 9)],
        };
        model = new RandomModel(name, Size(2, 5));
    }

    public static RandomModel Draw(string name, ulong seed) => new ModelDrawing(name, new Lcg(seed)).Draw();

    int Size(int low, int high) => low + random.Next(high - low + 1);

    bool Coin() => random.Next(2) == 0;

    T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];

    string Fresh(string stem) => stem + (next++).ToString(CultureInfo.InvariantCulture);

    string Field(string type, string initializer)
    {
        var field = Fresh(char.ToLowerInvariant(type[0]) + type[1..].Replace("[]", "s", StringComparison.Ordinal));
        fields.Add($"readonly {type} {field} = {initializer};");
        return field;
    }

    // A statement has a line of its own, with a mark by which a test finds it.
    void Statement(string text, string mark) => body.Add($"{text}   // {mark}.");

    string Mark() => Fresh("s");

    string Breakable(object right, object wrong, string mark, string what) => model.Breakable(right, wrong, mark, what);

    RandomModel Draw()
    {
        var input = string.Join(", ", shape);
        int count = Size(3, 8);
        for (int i = 0; i < count; i++) Step();
        End();
        bool isDouble = Coin();
        bool byLabel = Coin();
        var lossMark = Mark();
        model.Line($"namespace Drawn.{name}s;");
        foreach (var type in types) model.Line(type);
        model.Line($$"""
            [Model{{(isDouble ? "(Precision = Precision.Float64)" : "")}}]
            public partial class {{name}}
            {
                {{string.Join("\n    ", fields)}}

                public Tensor Forward([Shape("N", {{input}})] Tensor input)
                {
                    var x = input;
                    {{string.Join("\n        ", body)}}
                    return x;
                }

            """);
        model.Line(byLabel
            ? $$"""
                public Tensor Loss([Shape("N", {{input}})] Tensor input, [Shape({{Breakable("\"N\"", "\"N\", 2", lossMark, "label shape")}})] IntTensor label)
                {
                    return Forward(input).CrossEntropy(label);   // {{lossMark}}.
                }
            }
            """
            : $$"""
                public Tensor Loss([Shape("N", {{input}})] Tensor input, [Shape("N", {{Breakable(model.Classes, model.Classes + 1, lossMark, "target shape")}})] Tensor target)
                {
                    return Forward(input).MeanSquaredError(target);   // {{lossMark}}.
                }
            }
            """);
        return model;
    }

    // The result is [N, classes].
    void End()
    {
        if (shape.Length == 3 && Coin())
        {
            Statement("x = x.GlobalAvgPool2d();", Mark());
            shape = [shape[0]];
        }
        Flatten();
        LinearTo(model.Classes);
    }

    void Flatten()
    {
        if (shape.Length == 1) return;
        Statement("x = x.Flatten();", Mark());
        shape = [shape.Aggregate(1, (a, b) => a * b)];
    }

    void Step()
    {
        if (random.Next(3) == 0) AnyRank();
        else if (shape.Length == 3) Image();
        else if (shape.Length == 2) Sequence();
        else Vector();
    }

    // ---- steps that keep any shape

    string Activation() => Any("Relu", "Tanh", "Sigmoid", "Gelu", "GeluTanh", "Silu", "Softplus") + "()";

    void AnyRank()
    {
        var mark = Mark();
        int last = shape.Length;
        switch (random.Next(8))
        {
            case 0: Statement($"x = x.{Activation()};", mark); break;
            case 1: Statement($"x = x * {Any("0.5f", "2f", "-1.5f")} + {Any("1f", "0.25f")};", mark); break;
            case 2: Statement($"x = x.{Any("Softmax", "LogSoftmax")}({Breakable(last, last + 2, mark, "axis")});", mark); break;
            case 3:
                var split = Fresh("Two");
                Statement($"var ({split}a, {split}b) = (x.{Activation()}, x.{Activation()}); x = {split}a * {split}b;", mark);
                break;
            case 4: Statement($"for (int i = 0; i < {Size(1, 3)}; i++) x = x + (i % 2 == 0 ? x.{Activation()} : x.Sin());", mark); break;
            case 5: Statement($"if ({Any("x.Rank == 2", "x.Rank % 2 == 1", "x.Rank is 3 or 4")}) x = x.{Activation()}; else x = -x;", mark); break;
            case 6:
                var function = Fresh("f");
                Statement($"Tensor {function}(Tensor t) => t.{Activation()}; x = x - {function}({function}(x));", mark);
                break;
            default: Statement($"x = x.Maximum(x * 0.3f);", mark); break;
        }
    }

    void Residual(Func<string, string, string> branch)
    {
        var mark = Mark();
        Statement($"x = x + {branch("x", mark)};", mark);
    }
}
