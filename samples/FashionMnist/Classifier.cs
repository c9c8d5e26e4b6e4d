namespace FashionMnist;

/// <summary>Takes images and fills scores, 10 for each image.</summary>
delegate void PredictImages(ReadOnlySpan<float> image, Span<float> output);

/// <summary>One of the three networks. Their generated members are alike; this is what the lesson needs of them.</summary>
sealed record Classifier(ITrainable Model, PredictImages Predict)
{
    public static readonly string[] Names = ["mlp", "cnn", "lenet"];

    public static Classifier Create(string name, ulong seed)
    {
        switch (name)
        {
            case "mlp":
                var mlp = new Mlp();
                mlp.Initialize(seed);
                return new Classifier(mlp, (image, output) => mlp.Predict(image, output));
            case "cnn":
                var cnn = new Cnn();
                cnn.Initialize(seed);
                return new Classifier(cnn, (image, output) => cnn.Predict(image, output));
            default:
                var lenet = new LeNet();
                lenet.Initialize(seed);
                return new Classifier(lenet, (image, output) => lenet.Predict(image, output));
        }
    }

    /// <summary>For each class, how many of its images get their highest score there, and how many it has.</summary>
    public (int Correct, int Count)[] CorrectByClass(FashionData data)
    {
        const int Batch = 500;
        var classes = new (int Correct, int Count)[FashionData.Classes];
        var scores = new float[Batch * FashionData.Classes];
        for (int start = 0; start < data.Count; start += Batch)
        {
            int count = Math.Min(Batch, data.Count - start);
            var output = scores.AsSpan(0, count * FashionData.Classes);
            Predict(data.Images.AsSpan(start * FashionData.Pixels, count * FashionData.Pixels), output);
            for (int i = 0; i < count; i++)
            {
                int label = data.Labels[start + i];
                classes[label].Count++;
                if (IndexOfLargest(output.Slice(i * FashionData.Classes, FashionData.Classes)) == label) classes[label].Correct++;
            }
        }
        return classes;
    }

    static int IndexOfLargest(ReadOnlySpan<float> scores)
    {
        int largest = 0;
        for (int i = 1; i < scores.Length; i++)
            if (scores[i] > scores[largest]) largest = i;
        return largest;
    }
}
