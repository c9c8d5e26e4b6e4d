namespace ModelGen.Properties.Tests;

/// <summary>The steps that need a certain rank.</summary>
internal sealed partial class ModelDrawing
{
    // ---- [N, F]

    void Vector()
    {
        switch (random.Next(7))
        {
            case 0: LinearTo(Size(2, 8)); break;
            case 1: Norm(); break;
            case 2: if (shape[^1] > 1) Residual((x, mark) => LinearCall(x, shape[^1], mark)); break;
            case 3: Stack(); break;
            case 4: Branches(); break;
            case 5: Slice(); break;
            default: Unflatten(); break;
        }
    }

    string LinearCall(string x, int width, string mark)
    {
        bool sumWidth = width == shape[^1];
        var size = sumWidth ? Breakable(width, width + 1, mark, "width of a residual branch") : width.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var layer = Field("Linear", $"new({size}) {{ Bias = {Any("true", "false")} }}");
        return $"{x}.Apply({layer}).{Activation()}";
    }

    void LinearTo(int width)
    {
        var mark = Mark();
        var declared = Coin() ? $" {{ InFeatures = {Breakable(shape[^1], shape[^1] + 1, mark, "in features")} }}" : "";
        var layer = Field("Linear", $"new({width}){declared}");
        Statement($"x = {(Coin() ? $"x.Apply({layer})" : $"{layer}.Forward(x)")};", mark);
        shape = [.. shape[..^1], width];
    }

    void Norm()
    {
        if (shape[^1] < 2) return;
        var mark = Mark();
        var declared = Coin() ? $" {{ Features = {Breakable(shape[^1], shape[^1] + 3, mark, "features")} }}" : "";
        Statement($"x = x.Apply({Field("LayerNorm", $"new(){declared}")});", mark);
    }

    void Stack()
    {
        var mark = Mark();
        int width = shape[^1];
        if (width < 2) return;
        var stack = Field("Linear[]", $"[new({width}), .. Enumerable.Range(0, {Size(1, 2)}).Select(_ => new Linear({width}))]");
        Statement($"foreach (var layer in {stack}) x = x + x.Apply(layer).{Activation()};", mark);
    }

    void Branches()
    {
        var mark = Mark();
        int axis = shape.Length, a = Size(1, 4), b = Size(1, 4);
        var first = Field("Linear", $"new({a})");
        var second = Field("Linear", $"new({b})");
        Statement($"x = Tensor.Concat({Breakable(axis, axis + 1, mark, "axis of a concatenation")}, x.Apply({first}).{Activation()}, x.Apply({second}));", mark);
        shape = [.. shape[..^1], a + b];
    }

    void Slice()
    {
        int width = shape[^1];
        if (width < 3) return;
        var mark = Mark();
        int cut = Size(1, width - 1);
        // Both halves, in the other order.
        int axis = shape.Length;
        var stop = Breakable(width, width + 1, mark, "end of a range");
        Statement($"x = Tensor.Concat({axis}, x.Slice({axis}, {cut}, {stop}), x[{string.Concat(Enumerable.Repeat(".., ", axis))}..{cut}]);", mark);
    }

    void Unflatten()
    {
        int width = shape[0];
        var divisors = Enumerable.Range(2, Math.Max(0, width - 2)).Where(d => width % d == 0).ToArray();
        if (divisors.Length == 0) return;
        var mark = Mark();
        int rows = Any(divisors);
        Statement($"x = x.Reshape(-1, {Breakable(rows, width + 1, mark, "size of a reshape")}, {width / rows});", mark);
        shape = [rows, width / rows];
    }

    // ---- [N, T, F]

    void Sequence()
    {
        var mark = Mark();
        int rows = shape[0], width = shape[1];
        switch (random.Next(10))
        {
            case 8: Recurrent(); break;
            case 9: Loop(); break;
            case 0: LinearTo(Size(2, 6)); break;
            case 1: Norm(); break;
            case 2: if (width > 1) Residual((x, m) => LinearCall(x, width, m)); break;
            case 3: Attention(); break;
            case 4:
                Statement($"x = {(Coin() ? $"x.Permute(0, 2, {Breakable(1, 2, mark, "axes of a permutation")})" : "x.Transpose()")};", mark);
                shape = [width, rows];
                break;
            case 5: Branches(); break;
            case 6:
                Statement($"x = x.{Any("Mean", "Sum", "Max")}({Breakable(1, 3, mark, "axis of a reduction")});", mark);
                shape = [width];
                break;
            default: Slice(); break;
        }
    }

    void Recurrent()
    {
        var mark = Mark();
        int hidden = Size(1, 5);
        bool both = Coin();
        var layer = Field(Any("Lstm", "Gru", "Rnn"), $"new({hidden}) {{ Bidirectional = {(both ? "true" : "false")}, InFeatures = {Breakable(shape[1], shape[1] + 1, mark, "in features of a recurrent layer")} }}");
        Statement($"x = x.Apply({layer});", mark);
        shape = [shape[0], both ? 2 * hidden : hidden];
    }

    // A loop that the model writes itself: all states, or the last one for each step.
    void Loop()
    {
        var mark = Mark();
        int hidden = Size(1, 5);
        var cell = Field(Any("GruCell", "RnnCell"), $"new({hidden})");
        var (state, all) = (Fresh("state"), Fresh("states"));
        Statement($"var {state} = Tensor.Zeros(x.Shape[0], {Breakable(hidden, hidden + 1, mark, "state of a cell")}); var {all} = new List<Tensor>(); " +
            $"foreach (var step in x.Steps(1){Any("", ".Reverse()")}) {{ {state} = {cell}.Forward(step, {state}); {all}.Add({state}); }} x = Tensor.Stack(1, {all});", mark);
        shape = [shape[0], hidden];
    }

    void Attention()
    {
        var mark = Mark();
        int rows = shape[0], width = shape[1];
        var inner = Size(2, 4);
        var type = Fresh("Attention");
        // The sizes of the two products differ unless rows == inner.
        var transpose = rows == inner ? ".Transpose()" : Breakable(".Transpose()", "", mark, "transposition of a product");
        types.Add($$"""
            [Layer]
            public partial class {{type}}(int inner, int width) : ILayer
            {
                readonly Linear query = new(inner), key = new(inner), value = new(width);
                public Tensor Forward(Tensor t)
                {
                    Tensor q = t.Apply(query), k = t.Apply(key);
                    var weights = (q.MatMul(k{{transpose}}) * 0.5f).Softmax();   // {{mark}}.
                    return t + weights.MatMul(t.Apply(value));
                }
            }
            """);
        var layer = Field(type, $"new({inner}, {width})");
        Statement($"x = x.Apply({layer});", Mark());
    }

    // ---- [N, C, H, W]

    void Image()
    {
        var mark = Mark();
        int channels = shape[0], height = shape[1], width = shape[2], small = Math.Min(height, width);
        switch (random.Next(8))
        {
            case 0 or 1: Convolution(); break;
            case 2:
                var declared = Coin() ? $" {{ Features = {Breakable(channels, channels + 1, mark, "features")} }}" : "";
                Statement($"x = x.Apply({Field("BatchNorm2d", $"new(){declared}")});", mark);
                break;
            case 3 when small >= 2:
                Statement($"x = x.{Any("MaxPool2d", "AvgPool2d")}({Breakable(2, small + 1, mark, "window")}, stride: 2);", mark);
                shape = [channels, ((height - 2) / 2) + 1, ((width - 2) / 2) + 1];
                break;
            case 4: Block(); break;
            case 5:
                Statement($"x = x.Permute(0, 2, 3, 1).Reshape(-1, {Breakable(height * width, (height * width * channels) + 1, mark, "size of a reshape")}, {channels});", mark);
                shape = [height * width, channels];
                break;
            case 6 when small >= 2:
                Statement($"x = Tensor.Concat(1, x, x{Breakable("", ".Slice(2, 1, " + height + ")", mark, "size of a concatenated image")}.{Activation()});", mark);
                shape = [2 * channels, height, width];
                break;
            default: Flatten(); break;
        }
    }

    void Convolution()
    {
        var mark = Mark();
        int channels = shape[0], height = shape[1], width = shape[2], small = Math.Min(height, width);
        int padding = random.Next(2), kernel = Any(Enumerable.Range(1, Math.Min(3, small + (2 * padding))).ToArray()), stride = Size(1, 2);
        int groups = channels % 2 == 0 && Coin() ? 2 : 1;
        int result = groups * Size(1, 3);
        int tooWide = small + (2 * padding) + 1;
        var members = Coin() ? $" {{ InChannels = {Breakable(channels, channels + groups, mark, "in channels")} }}" : " { Bias = false }";
        var layer = Field("Conv2d", $"new({result}, kernelSize: {Breakable(kernel, tooWide, mark, "kernel size")}, stride: {stride}, padding: {padding}, groups: {(groups == 1 ? "1" : Breakable(groups, channels + 1, mark, "groups"))}){members}");
        Statement($"x = x.Apply({layer}){(Coin() ? "." + Activation() : "")};", mark);
        shape = [result, ((height + (2 * padding) - kernel) / stride) + 1, ((width + (2 * padding) - kernel) / stride) + 1];
    }

    void Block()
    {
        int channels = shape[0];
        if (channels < 2) return;
        var (type, mark) = (Fresh("Block"), Mark());
        types.Add($$"""
            [Layer]
            public partial class {{type}}(int width) : ILayer
            {
                readonly Conv2d[] convs = [.. Enumerable.Range(0, 2).Select(_ => new Conv2d(width, kernelSize: 3, padding: 1) { Bias = false })];
                readonly BatchNorm2d norm = new() { Features = {{Breakable(channels, channels + 1, mark, "features in a block")}} };
                public Tensor Forward(Tensor t)
                {
                    var y = t;
                    foreach (var conv in convs) y = y.Apply(conv).{{Activation()}};
                    y = y.Apply(norm);   // {{mark}}.
                    return t + y;
                }
            }
            """);
        var layer = Field(type, $"new({Breakable(channels, channels + 1, mark, "width of a block")})");
        Statement($"x = x.Apply({layer});", Mark());
    }
}
