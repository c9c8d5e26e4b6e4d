using ModelGen.Execution;
using ModelGen.Runtime.Tests.Optimizers;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Training;

/// <summary>y = w x + b with the mean squared error, written by hand as the generator would.</summary>
internal sealed unsafe class LinearModel : ITrainable, IDisposable
{
    readonly ModelState<float> state = new(Layouts.Of("LinearModel", Layouts.Weight("w", [1]), Layouts.Weight("b", [1])));

    public ParameterSet Parameters => state.Parameters;
    public List<float> Seen { get; } = [];

    public double TrainStep(Batch batch, Optimizer optimizer) => Train(batch, nameof(TrainStep), optimizer, 0, state.Gradients);

    public double AccumulateGradients(Batch batch, double weight) => Train(batch, nameof(AccumulateGradients), null, weight, state.PartGradients);

    float Train(Batch batch, string member, Optimizer? optimizer, double weight, float* gradients)
    {
        ReadOnlySpan<float> x = batch.Floats("x"), y = batch.Floats("y");
        if (Seen.Count < Seen.Capacity) Seen.AddRange(x);
        state.BeginTraining(member);
        try
        {
            float w = state.Values[0], b = state.Values[ModelLayout.Alignment], dw = 0, db = 0;
            float loss = Loss(x, y, w, b);
            if (!float.IsFinite(loss)) throw new NonFiniteLossException(loss, member, state.StepCount);
            for (int i = 0; i < x.Length; i++)
            {
                float error = 2 * ((w * x[i]) + b - y[i]) / x.Length;
                dw += error * x[i];
                db += error;
            }
            (gradients[0], gradients[ModelLayout.Alignment]) = (dw, db);
            if (optimizer is not null) OptimizerTests.Step(optimizer, state);
            else state.Accumulate(weight, [0, 2 * ModelLayout.Alignment]);
            state.StepCount++;
            return loss;
        }
        finally
        {
            state.EndTraining();
        }
    }

    public double Evaluate(Batch batch) => Loss(batch.Floats("x"), batch.Floats("y"), (float)Parameters[0].Values[0], (float)Parameters[1].Values[0]);

    static float Loss(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float w, float b)
    {
        if (y.Length != x.Length) Inputs.RequireLength(y.Length, x.Length, "y", "[N]", $"N = {x.Length} from 'x'");
        float sum = 0;
        for (int i = 0; i < x.Length; i++) sum += ((w * x[i]) + b - y[i]) * ((w * x[i]) + b - y[i]);
        return sum / x.Length;
    }

    public void Save(string path) => state.Save(path);
    public void Load(string path) => state.Load(path);
    public void Dispose() => state.Dispose();
}
