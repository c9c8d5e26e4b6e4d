using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// All that training steps change of a model and of its optimizer, kept aside: weights and running statistics, gradients and which of them wait, the place of the random numbers, momentum and
/// moments, counts, the learning rate, the course of the loss scaling. Bit for bit.
/// </summary>
internal sealed unsafe class TrainingSnapshot : IDisposable
{
    readonly ModelState state;
    readonly Optimizer optimizer;
    readonly OptimizerSlots slots;
    readonly Dictionary<NativeArray, NativeArray> copies = [];
    readonly bool[] waits;
    readonly (ulong Seed, long StepCount, bool GradientsAreKept) model;
    readonly (long Steps, double MomentumProduct, double LearningRate, double GradientNorm) course;
    readonly (double Scale, int GoodSteps, long SkippedSteps)? scaling;

    /// <summary>Copies it.</summary>
    /// <exception cref="InvalidOperationException">A training call is running, or a group of the optimizer names no parameter of the model.</exception>
    public TrainingSnapshot(ModelState state, Optimizer optimizer)
    {
        (this.state, this.optimizer) = (state, optimizer);
        state.Gate.EnterRead("keeping a training aside");
        try
        {
            slots = optimizer.Begin(state);
            foreach (var array in Memory) copies.Add(array, Copy(array));
            waits = state.Pending.Copy();
            model = (state.Seed, state.StepCount, state.GradientsAreKept);
            course = (slots.StepCount, slots.MomentumProduct, optimizer.LearningRate, optimizer.GradientNorm);
            scaling = optimizer.LossScaling is { } s ? (s.Scale, s.GoodSteps, s.SkippedSteps) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            state.Gate.ExitRead();
        }
    }

    /// <summary>Makes model and optimizer what they were.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public void Restore()
    {
        state.BeginWrite("restoring a training");
        try
        {
            foreach (var array in Memory)
                // What was allocated since then was zeros before.
                if (copies.TryGetValue(array, out var copy)) Buffer.MemoryCopy(copy.Pointer, array.Pointer, array.Bytes, copy.Bytes);
                else NativeMemory.Clear(array.Pointer, (nuint)array.Bytes);
            state.Pending.Set(waits);
            (state.Seed, state.StepCount, state.GradientsAreKept) = model;
            optimizer.Return(slots, course.Steps, course.MomentumProduct, course.LearningRate, course.GradientNorm);
            if (scaling is var (scale, good, skipped)) optimizer.LossScaling!.Continue(scale, good, skipped);
        }
        finally
        {
            state.EndWrite();
        }
        GC.KeepAlive(state);
    }

    IEnumerable<NativeArray> Memory => state.Memory.Concat(slots.Memory);

    static NativeArray Copy(NativeArray array)
    {
        var copy = new NativeArray(array.Bytes);
        Buffer.MemoryCopy(array.Pointer, copy.Pointer, copy.Bytes, array.Bytes);
        return copy;
    }

    public void Dispose()
    {
        foreach (var copy in copies.Values) copy.Dispose();
    }
}
