using ModelGen.Benchmarks.Measuring;
using ModelGen.Benchmarks.Models;

namespace ModelGen.Benchmarks;

/// <summary>The fixed list. The peers run the same networks, sizes, batches and optimizers.</summary>
internal static class Workloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("W1_mlp_train", () => Train(Mlp(), new Sgd(0.01, momentum: 0.9), batch: 64)),
        new("W2_cnn_train", () => Train(Cnn(), new Adam(), batch: 64)),
        new("W3_lenet_train", () => Train(LeNet(), new Sgd(0.01, momentum: 0.9), batch: 64)),
        new("W4_gpt_train", () => Train(Gpt())),
        new("W5_lstm_train", () => Train(Lstm(), new Adam(), batch: 64)),
        new("W6_tiny_train", () => Train(Tiny(), new Sgd(0.01), batch: 16)),
        new("W7_mlp_infer_b1", () => Infer(Mlp(), batch: 1)),
        new("W7_mlp_infer_b64", () => Infer(Mlp(), batch: 64)),
        new("W7_cnn_infer_b1", () => Infer(Cnn(), batch: 1)),
        new("W7_cnn_infer_b64", () => Infer(Cnn(), batch: 64)),
        new("W7_lenet_infer_b1", () => Infer(LeNet(), batch: 1)),
        new("W7_lenet_infer_b64", () => Infer(LeNet(), batch: 64)),
        new("W7_gpt_decode", () => Decode(Gpt())),
        new("W7_resnet18_b1", () => Infer(ResNet18(), batch: 1)),
        // Beside the lines above: the same with factors of 16 bits.
        new("F1_mlp_train_bfloat16", () => Train(MlpBFloat16(), new Sgd(0.01, momentum: 0.9), batch: 64)),
        new("F7_mlp_infer_b1_bfloat16", () => Infer(MlpBFloat16(), batch: 1)),
        new("F7_mlp_infer_b64_bfloat16", () => Infer(MlpBFloat16(), batch: 64)),
        new("F7_mlp_infer_b1_float16", () => Infer(MlpFloat16(), batch: 1)),
        new("F7_large_infer_b1", () => Infer(Large(), batch: 1)),
        new("F7_large_infer_b1_bfloat16", () => Infer(LargeBFloat16(), batch: 1)),
        new("F4_gpt_train_bfloat16", () => Train(GptBFloat16())),
        new("F7_gpt_decode_bfloat16", () => Decode(GptBFloat16())),
    ];

    // The generated members of one model, as the ways of use below want them; Step, Gradients and Loss are null where there is no loss.
    sealed record Net(
        ModelDescription Description, ParameterSet Parameters, int[] Row, int Classes, Action<float[], float[]> Predict, Func<Tensor, Tensor> Forward,
        Func<float[], int[], Optimizer, float>? Step = null, Func<float[], int[], float>? Gradients = null, Func<Tensor, IntTensor, Tensor>? Loss = null);

    static Net Mlp()
    {
        var m = new Mlp();
        return new(Models.Mlp.Description, m.Parameters, [784], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net MlpBFloat16()
    {
        var m = new MlpBFloat16();
        return new(Models.MlpBFloat16.Description, m.Parameters, [784], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net MlpFloat16()
    {
        var m = new MlpFloat16();
        return new(Models.MlpFloat16.Description, m.Parameters, [784], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net Large()
    {
        var m = new Large();
        return new(Models.Large.Description, m.Parameters, [2048], 2048, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Net LargeBFloat16()
    {
        var m = new LargeBFloat16();
        return new(Models.LargeBFloat16.Description, m.Parameters, [2048], 2048, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Net Cnn()
    {
        var m = new Cnn();
        return new(Models.Cnn.Description, m.Parameters, [1, 28, 28], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net LeNet()
    {
        var m = new LeNet();
        return new(Models.LeNet.Description, m.Parameters, [3, 32, 32], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net Lstm()
    {
        var m = new LstmNet();
        return new(LstmNet.Description, m.Parameters, [28, 28], 10, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net Tiny()
    {
        var m = new Tiny();
        return new(Models.Tiny.Description, m.Parameters, [4], 3, (x, y) => m.Predict(x, y), m.Forward, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Net ResNet18()
    {
        var m = new ResNet18();
        return new(Models.ResNet18.Description, m.Parameters, [3, 224, 224], 1000, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Subject Train(Net net, Optimizer optimizer, int batch)
    {
        var batches = Batches.OfNumbers(batch, Product(net.Row), net.Classes);
        return new Subject(
            () =>
            {
                var (x, y) = batches.Next();
                net.Step!(x, y, optimizer);
            },
            MultiplyAdds(net.Description, "TrainStep", batch),
            () =>
            {
                var (x, y) = batches.Next();
                var (inputs, labels) = (new Tensor(x, [batch, .. net.Row]), new IntTensor(y, batch));
                using var mixed = EagerMode.MixedPrecision(net.Description.Storage);
                // Rounding makes steps: a slope of differences sees them.
                if (net.Description.Storage != StorageFormat.Precision) return EagerCheck.Rounded([(double)net.Loss!(inputs, labels)], [net.Gradients!(x, y)]);
                return EagerCheck.Training(net.Parameters, () => net.Gradients!(x, y), () => (double)net.Loss!(inputs, labels));
            });
    }

    // The same of a model of language.
    sealed record LanguageNet(
        ModelDescription Description, ParameterSet Parameters, Action<int[], int[], Optimizer> Step, Func<int[], int[], float> Gradients, Func<int[], int[], float> Evaluate,
        Func<IntTensor, IntTensor, Tensor> Loss, Func<IntTensor, Tensor> Forward, Func<DecodingSession<int, float>> Start);

    static LanguageNet Gpt()
    {
        var m = new Gpt();
        return new(Models.Gpt.Description, m.Parameters, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), (x, y) => m.Evaluate(x, y), m.Loss, m.Forward, () => m.StartDecoding());
    }

    static LanguageNet GptBFloat16()
    {
        var m = new GptBFloat16();
        return new(Models.GptBFloat16.Description, m.Parameters, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), (x, y) => m.Evaluate(x, y), m.Loss, m.Forward, () => m.StartDecoding());
    }

    // Decay on matrices only, as everyone trains it.
    static Subject Train(LanguageNet net)
    {
        const int batch = 12, context = Models.Gpt.Context;
        var optimizer = new AdamW(1e-3, beta2: 0.99, weightDecay: 0.1) { Groups = [ParameterGroup.NoDecay] };
        var batches = Batches.OfTokens(batch * context, Models.Gpt.Vocabulary);
        return new Subject(
            () =>
            {
                var (x, y) = batches.Next();
                net.Step(x, y, optimizer);
            },
            MultiplyAdds(net.Description, "TrainStep", batch),
            () =>
            {
                var (x, y) = batches.Next();
                var (tokens, next) = (new IntTensor(x, batch, context), new IntTensor(y, batch, context));
                using var mixed = EagerMode.MixedPrecision(net.Description.Storage);
                if (net.Description.Storage != StorageFormat.Precision) return EagerCheck.Rounded([(double)net.Loss(tokens, next)], [net.Evaluate(x, y)]);
                return EagerCheck.Training(net.Parameters, () => net.Gradients(x, y), () => (double)net.Loss(tokens, next));
            });
    }

    // One token, the last one of the context: it and the 63 positions in the cache are looked at.
    static Subject Decode(LanguageNet net)
    {
        const int context = Models.Gpt.Context, vocabulary = Models.Gpt.Vocabulary;
        var session = net.Start();
        int[] tokens = Batches.OfTokens(context, vocabulary).Next().Input;
        var scores = new float[vocabulary];
        session.Decode(tokens, scores);
        void Run()
        {
            session.Rewind(context - 1);
            session.Decode(tokens[^1], scores);
        }
        return new Subject(Run, net.Description.Functions.First(f => f.Name == "Decode").MultiplyAdds.With("N", 1).With("T", 1).With("position", context - 1).Value!.Value,
            () =>
            {
                Run();
                return Predictions(net.Description, net.Forward, new IntTensor(tokens, 1, context), scores);
            });
    }

    static Subject Infer(Net net, int batch)
    {
        var batches = Batches.OfNumbers(batch, Product(net.Row), classes: 1);
        var result = new float[batch * net.Classes];
        return new Subject(
            () => net.Predict(batches.Next().Input, result),
            MultiplyAdds(net.Description, "Predict", batch),
            () =>
            {
                var (x, _) = batches.Next();
                net.Predict(x, result);
                return Predictions(net.Description, net.Forward, new Tensor(x, [batch, .. net.Row]), result);
            });
    }

    // Of a whole prediction, its end.
    static double Predictions<TInput>(ModelDescription model, Func<TInput, Tensor> forward, TInput input, float[] actual)
    {
        using var mixed = EagerMode.MixedPrecision(model.Storage);
        double[] expected = forward(input).ToDoubleArray()[^actual.Length..];
        return model.Storage == StorageFormat.Precision ? EagerCheck.Predictions(expected, actual) : EagerCheck.Rounded(expected, Array.ConvertAll(actual, a => (double)a));
    }

    static long MultiplyAdds(ModelDescription model, string function, int batch) =>
        model.Functions.First(f => f.Name == function).MultiplyAdds.With(model.BatchSymbol, batch).Value
        ?? throw new InvalidOperationException($"{model.Name}.{function} depends on more than the batch size.");

    static int Product(int[] sizes) => sizes.Aggregate(1, (a, b) => a * b);
}
