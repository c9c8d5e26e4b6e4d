namespace ModelGen.Execution;

/// <summary>A loss as a function of one vector: the weights whose gradients it computes, one after the other.</summary>
internal sealed class LossFunction(ParameterSet parameters, Func<double> computeGradients)
{
    Parameter[] trained = [];
    double[] origin = [], point = [];

    /// <summary>The gradient of the last evaluation.</summary>
    public double[] Gradient { get; private set; } = [];

    public int Evaluations { get; private set; }

    /// <summary>The loss where the weights are now.</summary>
    public double Begin()
    {
        var state = parameters.State;
        state.Pending.Clear();
        double loss = Evaluate();
        trained = [.. parameters.Where(p => p.Layout.HasGradient && state.Pending.Waits(p.Layout))];
        if (trained.Length == 0) throw new InvalidOperationException($"The function computed no gradients of {state.ModelName}: it must call ComputeGradients of that model.");
        origin = [.. trained.SelectMany(p => p.Values.ToDoubleArray())];
        (point, Gradient) = (new double[origin.Length], new double[origin.Length]);
        ReadGradient();
        return loss;
    }

    /// <summary>The loss at origin + step · direction; not finite where the model says so.</summary>
    public double At(double[] direction, double step)
    {
        Write(direction, step);
        double loss;
        try
        {
            loss = Evaluate();
        }
        catch (NonFiniteLossException)
        {
            Array.Clear(Gradient);
            return double.PositiveInfinity;
        }
        ReadGradient();
        return loss;
    }

    /// <summary>Makes that point the origin, and the model's weights.</summary>
    public void Accept(double[] direction, double step)
    {
        Write(direction, step);
        point.CopyTo(origin, 0);
    }

    double Evaluate()
    {
        Evaluations++;
        return computeGradients();
    }

    void Write(double[] direction, double step)
    {
        for (int i = 0; i < point.Length; i++) point[i] = origin[i] + (step * direction[i]);
        int offset = 0;
        foreach (var p in trained)
        {
            p.Values.CopyFrom(point.AsSpan(offset, p.Length));
            offset += p.Length;
        }
    }

    void ReadGradient()
    {
        int offset = 0;
        foreach (var p in trained)
        {
            p.Gradient.CopyTo(Gradient.AsSpan(offset, p.Length));
            offset += p.Length;
        }
    }
}
