using ModelGen.Benchmarks.Measuring;
using ModelGen.Benchmarks.Models;

namespace ModelGen.Benchmarks;

/// <summary>The fixed list. The peers run the same networks, sizes, batches and optimizers.</summary>
internal static class Workloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("W1_mlp_train", () => Train(MlpTraining(), new Sgd(0.01, momentum: 0.9), batch: 64)),
        new("W2_cnn_train", () => Train(CnnTraining(), new Adam(), batch: 64)),
        new("W3_lenet_train", () => Train(LeNetTraining(), new Sgd(0.01, momentum: 0.9), batch: 64)),
        new("W6_tiny_train", () => Train(TinyTraining(), new Sgd(0.01), batch: 16)),
        new("W7_mlp_infer_b1", () => Infer(MlpInference(), batch: 1)),
        new("W7_mlp_infer_b64", () => Infer(MlpInference(), batch: 64)),
        new("W7_cnn_infer_b1", () => Infer(CnnInference(), batch: 1)),
        new("W7_cnn_infer_b64", () => Infer(CnnInference(), batch: 64)),
        new("W7_lenet_infer_b1", () => Infer(LeNetInference(), batch: 1)),
        new("W7_lenet_infer_b64", () => Infer(LeNetInference(), batch: 64)),
        new("W7_resnet18_b1", () => Infer(ResNet18Inference(), batch: 1)),
    ];

    // The generated members of one model, as the two ways of use below want them.
    sealed record Training(
        ModelDescription Description, ParameterSet Parameters, int[] Row, int Classes,
        Func<float[], int[], Optimizer, float> Step, Func<float[], int[], float> Gradients, Func<Tensor, IntTensor, Tensor> Eager);

    sealed record Inference(ModelDescription Description, int[] Row, int Outputs, Action<float[], float[]> Predict, Func<Tensor, Tensor> Eager);

    static Training MlpTraining()
    {
        var m = new Mlp();
        return new Training(Mlp.Description, m.Parameters, [784], 10, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Training CnnTraining()
    {
        var m = new Cnn();
        return new Training(Cnn.Description, m.Parameters, [1, 28, 28], 10, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Training LeNetTraining()
    {
        var m = new LeNet();
        return new Training(LeNet.Description, m.Parameters, [3, 32, 32], 10, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Training TinyTraining()
    {
        var m = new Tiny();
        return new Training(Tiny.Description, m.Parameters, [4], 3, (x, y, o) => m.TrainStep(x, y, o), (x, y) => m.ComputeGradients(x, y), m.Loss);
    }

    static Inference MlpInference()
    {
        var m = new Mlp();
        return new Inference(Mlp.Description, [784], 10, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Inference CnnInference()
    {
        var m = new Cnn();
        return new Inference(Cnn.Description, [1, 28, 28], 10, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Inference LeNetInference()
    {
        var m = new LeNet();
        return new Inference(LeNet.Description, [3, 32, 32], 10, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Inference ResNet18Inference()
    {
        var m = new ResNet18();
        return new Inference(ResNet18.Description, [3, 224, 224], 1000, (x, y) => m.Predict(x, y), m.Forward);
    }

    static Subject Train(Training model, Optimizer optimizer, int batch)
    {
        var batches = new Batches(batch, Product(model.Row), model.Classes);
        return new Subject(
            () =>
            {
                var (x, y) = batches.Next();
                model.Step(x, y, optimizer);
            },
            MultiplyAdds(model.Description, "TrainStep", batch),
            () =>
            {
                var (x, y) = batches.Next();
                var (images, labels) = (new Tensor(x, [batch, .. model.Row]), new IntTensor(y, batch));
                return EagerCheck.Training(model.Parameters, () => model.Gradients(x, y), () => (double)model.Eager(images, labels));
            });
    }

    static Subject Infer(Inference model, int batch)
    {
        var batches = new Batches(batch, Product(model.Row), classes: 1);
        var result = new float[batch * model.Outputs];
        return new Subject(
            () => model.Predict(batches.Next().Input, result),
            MultiplyAdds(model.Description, "Predict", batch),
            () =>
            {
                var (x, _) = batches.Next();
                model.Predict(x, result);
                return EagerCheck.Predictions(model.Eager(new Tensor(x, [batch, .. model.Row])).ToDoubleArray(), result);
            });
    }

    static long MultiplyAdds(ModelDescription model, string function, int batch) =>
        model.Functions.First(f => f.Name == function).MultiplyAdds.With(model.BatchSymbol, batch).Value
        ?? throw new InvalidOperationException($"{model.Name}.{function} depends on more than the batch size.");

    static int Product(int[] sizes) => sizes.Aggregate(1, (a, b) => a * b);
}
