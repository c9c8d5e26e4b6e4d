using System.Diagnostics;
using System.Globalization;
using Digits;

namespace Distilling;

/// <summary>What the command line asks for.</summary>
sealed record Settings(int Labelled, int Epochs, int Runs, double Rate, ulong Seed, FileInfo? Json);

/// <summary>A teacher, students of their own, and students of the teacher.</summary>
static class Lesson
{
    const int Batch = 32;

    public static int Run(Settings settings)
    {
        var all = DigitData.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz"));
        DigitData train = all.Where(row => row % 5 != 4), test = all.Where(row => row % 5 == 4);
        // Labels are few, images are many: the teacher has seen all labels, the students get those of the first images only.
        int count = Math.Min(settings.Labelled, train.Count);
        var labelled = train.Where(row => row < count);
        var clock = Stopwatch.StartNew();

        var teacher = new TeacherNet();
        teacher.Initialize(settings.Seed);
        Trainer.Fit(teacher, train.ToDataset(), new FitOptions { Epochs = 20, BatchSize = Batch, Optimizer = new Adam(2e-3), Seed = settings.Seed });
        double ofTeacher = Accuracy((images, scores) => teacher.Predict(images, scores), test);
        Line($"teacher: {teacher.Parameters.TotalCount} weights, {train.Count} labelled images, test accuracy {ofTeacher:0.0000}");

        var student = new StudentNet();
        long weights = student.Parameters.Where(p => !p.IsFrozen).Sum(p => (long)p.Length);
        Line($"student: {weights} weights, {labelled.Count} labelled images of {train.Count}, {settings.Runs} runs");
        double alone = 0, taught = 0;
        for (int run = 0; run < settings.Runs; run++)
        {
            ulong seed = settings.Seed + (ulong)run;
            int steps = settings.Epochs * train.Count / Batch;
            student.Initialize(seed);
            double own = Learn(labelled, seed, steps, settings.Rate, (batch, adam) => student.TrainStep(batch.Floats("image"), batch.Ints("label"), adam), student, test);
            student.Initialize(seed);
            student.Parameters.CopyFrom(teacher.Parameters, from: "teacher", to: "teacher");
            double distilled = Learn(train, seed, steps, settings.Rate, (batch, adam) => student.DistillStep(batch.Floats("image"), adam), student, test);
            Line($"run {run + 1}: alone {own:0.0000}, taught {distilled:0.0000}");
            (alone, taught) = (alone + own, taught + distilled);
        }
        (alone, taught) = (alone / settings.Runs, taught / settings.Runs);
        double seconds = clock.Elapsed.TotalSeconds;
        Line($"mean test accuracy: alone {alone:0.0000}, taught {taught:0.0000}, teacher {ofTeacher:0.0000}; {seconds:0.0} s");
        if (settings.Json is not null) File.WriteAllText(settings.Json.FullName, string.Create(CultureInfo.InvariantCulture,
            $$"""{"teacher":{{ofTeacher:0.######}},"alone":{{alone:0.######}},"taught":{{taught:0.######}},"gain":{{taught - alone:0.######}},"train_seconds":{{seconds:0.###}}}""") + "\n");
        return 0;
    }

    /// <summary>The same number of steps, whatever there is to learn from.</summary>
    static double Learn(DigitData data, ulong seed, int steps, double rate, Action<Batch, Adam> learn, StudentNet student, DigitData test)
    {
        var adam = new Adam(rate);
        var schedule = new CosineSchedule(steps);
        int size = Math.Min(Batch, data.Count), perEpoch = data.Count / size;
        var dataset = data.ToDataset();
        for (int step = 0; step < steps; step++)
        {
            if (step % perEpoch == 0) dataset = data.ToDataset().Shuffle(seed + (ulong)(step / perEpoch));
            adam.LearningRate = rate * schedule.Factor(step);
            learn(dataset.Batch(step % perEpoch * size, size), adam);
        }
        return Accuracy((images, scores) => student.Predict(images, scores), test);
    }

    static double Accuracy(Action<float[], float[]> predict, DigitData data)
    {
        var scores = new float[data.Count * DigitData.Classes];
        predict(data.Images, scores);
        int correct = 0;
        for (int i = 0; i < data.Count; i++)
        {
            var own = scores.AsSpan(i * DigitData.Classes, DigitData.Classes);
            int best = 0;
            for (int c = 1; c < own.Length; c++)
                if (own[c] > own[best]) best = c;
            if (best == data.Labels[i]) correct++;
        }
        return (double)correct / data.Count;
    }

    static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
