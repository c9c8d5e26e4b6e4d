using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>What one optimizer remembers of one model: momentum and moments, one array per slot over the trained part of the arena.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class OptimizerSlots
{
    readonly NativeArray[] slots;

    internal OptimizerSlots(ModelState state, int count)
    {
        int size = state.Precision == Precision.Float64 ? sizeof(double) : sizeof(float);
        slots = new NativeArray[count];
        for (int i = 0; i < count; i++) slots[i] = new NativeArray(checked(state.Layout.TrainableElements * size));
    }

    /// <summary>How many updates were completed.</summary>
    public long StepCount { get; internal set; }

    /// <summary>The learning rate of the step in progress: one value for all threads.</summary>
    public double LearningRate { get; internal set; }

    /// <summary>Numbers that the rule computes once a step: bias corrections.</summary>
    internal double Constant0 { get; set; }

    /// <inheritdoc cref="Constant0"/>
    internal double Constant1 { get; set; }

    /// <summary>The first element of a slot; it lies as the arena does.</summary>
    public void* Slot(int index) => slots[index].Pointer;
}
