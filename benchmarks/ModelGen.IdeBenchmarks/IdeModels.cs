namespace ModelGen.IdeBenchmarks;

/// <summary>Models of the sizes that people edit, as source text.</summary>
internal static class IdeModels
{
    /// <summary>The composite stands in the second file, and 200 files of the project have nothing to do with the model.</summary>
    public static (string Model, string Block) Source(string name) => name switch
    {
        "ResNet18" => (ResNet18, BasicBlock),
        "Transformer" => (Transformer, TransformerBlock),
        _ => throw new ArgumentException($"There is no model '{name}'; there are ResNet18 and Transformer."),
    };

    /// <summary>A file that no model reads, with a body to type in.</summary>
    public static string Filler(int number) => $$"""
        namespace Filler;
        public static class C{{number}}
        {
            public static int F(int x) { return x + {{number}}; }
            public static string G(string s) => s.Trim() + "{{number}}";
            public static double H(double[] a) { double sum = 0; foreach (double v in a) sum += v * {{number}}; return sum; }
        }
        """;

    const string ResNet18 = """
        namespace Nets;

        [Model]
        public partial class Net
        {
            readonly Conv2d stem = new(64, kernelSize: 7, stride: 2, padding: 3) { Bias = false };
            readonly BatchNorm2d norm = new();
            readonly BasicBlock[] layers =
            [
                new(64, 1, false), new(64, 1, false),
                new(128, 2, true), new(128, 1, false),
                new(256, 2, true), new(256, 1, false),
                new(512, 2, true), new(512, 1, false),
            ];
            readonly Linear head = new(1000);

            public Tensor Forward([Shape("N", 3, 224, 224)] Tensor image)
            {
                var x = image.Apply(stem).Apply(norm).Relu().MaxPool2d(3, stride: 2, padding: 1);
                foreach (var layer in layers) x = x.Apply(layer);
                return x.GlobalAvgPool2d().Flatten().Apply(head);
            }

            public Tensor Loss([Shape("N", 3, 224, 224)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
        }
        """;

    const string BasicBlock = """
        namespace Nets;

        [Layer]
        public partial class BasicBlock(int width, int stride, bool project) : ILayer
        {
            readonly Conv2d conv1 = new(width, kernelSize: 3, stride: stride, padding: 1) { Bias = false };
            readonly Conv2d conv2 = new(width, kernelSize: 3, padding: 1) { Bias = false };
            readonly BatchNorm2d norm1 = new(), norm2 = new();
            readonly Conv2d? shortcut = project ? new(width, kernelSize: 1, stride: stride) { Bias = false } : null;
            readonly BatchNorm2d? shortcutNorm = project ? new() : null;

            public Tensor Forward(Tensor x)
            {
                var y = x.Apply(conv1).Apply(norm1).Relu().Apply(conv2).Apply(norm2);
                if (shortcut is not null && shortcutNorm is not null) x = x.Apply(shortcut).Apply(shortcutNorm);
                return (x + y).Relu();
            }
        }
        """;

    const string Transformer = """
        namespace Nets;

        [Model]
        public partial class Net
        {
            const int Width = 384, Heads = 6;
            readonly Linear embed = new(Width);
            readonly Block[] blocks = [.. Enumerable.Range(0, 12).Select(_ => new Block(Width, Heads))];
            readonly LayerNorm norm = new();
            readonly Linear head = new(1000);

            public Tensor Forward([Shape("N", 196, 768)] Tensor patches)
            {
                var x = patches.Apply(embed);
                foreach (var block in blocks) x = x.Apply(block);
                return x.Apply(norm).Mean(1).Apply(head);
            }

            public Tensor Loss([Shape("N", 196, 768)] Tensor patches, [Shape("N")] IntTensor label) => Forward(patches).CrossEntropy(label);
        }
        """;

    const string TransformerBlock = """
        namespace Nets;

        [Layer]
        public partial class Block(int width, int heads) : ILayer
        {
            readonly LayerNorm norm1 = new(), norm2 = new();
            readonly Linear query = new(width), key = new(width), value = new(width), project = new(width);
            readonly Linear up = new(4 * width), down = new(width);

            public Tensor Forward(Tensor x)
            {
                x += Attend(x.Apply(norm1));
                return x + x.Apply(norm2).Apply(up).Gelu().Apply(down);
            }

            Tensor Attend(Tensor x)
            {
                Tensor q = Split(x.Apply(query)), k = Split(x.Apply(key)), v = Split(x.Apply(value));
                var weights = (q.MatMul(k.Transpose()) * (1f / MathF.Sqrt(width / heads))).Softmax();
                return weights.MatMul(v).Permute(0, 2, 1, 3).Reshape(-1, 196, width).Apply(project);
            }

            Tensor Split(Tensor t) => t.Reshape(-1, 196, heads, width / heads).Permute(0, 2, 1, 3);
        }
        """;
}
