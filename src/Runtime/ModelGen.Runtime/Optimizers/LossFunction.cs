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
    /// <exception cref="InvalidOperationException">The function computed no gradients of these parameters.</exception>
    /// <exception cref="NonFiniteLossException">It is not finite.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite.</exception>
    public double Begin()
    {
        parameters.State.Pending.Clear();
        try
        {
            return First();
        }
        catch
        {
            // Nor does a gradient wait that the next update would take.
            parameters.State.Pending.Clear();
            throw;
        }
    }

    double First()
    {
        var state = parameters.State;
        double loss = Evaluate();
        if (!double.IsFinite(loss)) throw new NonFiniteLossException(loss, nameof(Lbfgs.Minimize), 0);
        trained = [.. parameters.Where(p => p.Layout.HasGradient && state.Pending.Waits(p.Layout))];
        if (trained.Length == 0) throw new InvalidOperationException($"The function computed no gradients of {state.ModelName}: it must call ComputeGradients of that model.");
        origin = [.. trained.SelectMany(p => p.Values.ToDoubleArray())];
        (point, Gradient) = (new double[origin.Length], new double[origin.Length]);
        ReadGradient();
        foreach (var p in trained)
            if (!double.IsFinite(Vectors.Largest(p.Gradient.ToDoubleArray()))) throw new NonFiniteGradientException(p.Name, state.ModelName);
        return loss;
    }

    /// <summary>The loss at origin + step · direction; infinite where loss or gradient are not finite. What the function throws leaves the weights at the origin.</summary>
    public double At(double[] direction, double step)
    {
        MoveTo(direction, step);
        double loss;
        try
        {
            loss = Evaluate();
            ReadGradient();
        }
        catch (NonFiniteLossException)
        {
            loss = double.PositiveInfinity;
        }
        catch
        {
            Write(origin);
            parameters.State.Pending.Clear();
            throw;
        }
        if (double.IsFinite(loss) && double.IsFinite(Vectors.Largest(Gradient))) return loss;
        // A line search compares losses and slopes: NaN would be neither too high nor low enough.
        Array.Clear(Gradient);
        return double.PositiveInfinity;
    }

    /// <summary>Makes that point the origin, and the model's weights.</summary>
    public void Accept(double[] direction, double step)
    {
        MoveTo(direction, step);
        point.CopyTo(origin, 0);
    }

    double Evaluate()
    {
        Evaluations++;
        return computeGradients();
    }

    void MoveTo(double[] direction, double step)
    {
        // No step leaves every weight as it is, even along a direction that has overflowed.
        if (step == 0) origin.CopyTo(point, 0);
        else for (int i = 0; i < point.Length; i++) point[i] = origin[i] + (step * direction[i]);
        Write(point);
    }

    void Write(double[] weights)
    {
        int offset = 0;
        foreach (var p in trained)
        {
            p.Values.CopyFrom(weights.AsSpan(offset, p.Length));
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
