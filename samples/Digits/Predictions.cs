namespace Digits;

/// <summary>The model's scores for every example, and what follows from them.</summary>
sealed class Predictions
{
    readonly DigitData data;
    readonly int[] predicted;

    public Predictions(DigitNet model, DigitData data)
    {
        this.data = data;
        Scores = new float[data.Count * DigitData.Classes];
        model.Predict(data.Images, Scores);
        predicted = Enumerable.Range(0, data.Count)
            .Select(i => Scores.AsSpan(i * DigitData.Classes, DigitData.Classes).IndexOf(Scores[(i * DigitData.Classes)..((i + 1) * DigitData.Classes)].Max()))
            .ToArray();
    }

    /// <summary>One row of 10 scores an example.</summary>
    public float[] Scores { get; }

    /// <summary>The class with the highest score.</summary>
    public int this[int example] => predicted[example];

    public int Correct => predicted.Where((p, i) => p == data.Labels[i]).Count();

    public double Accuracy => (double)Correct / data.Count;

    public IEnumerable<int> Wrong => Enumerable.Range(0, data.Count).Where(i => predicted[i] != data.Labels[i]);

    /// <summary>How often an example of class <paramref name="label"/> was taken for <paramref name="answer"/>.</summary>
    public int Confused(int label, int answer) => Enumerable.Range(0, data.Count).Count(i => data.Labels[i] == label && predicted[i] == answer);
}
