namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>The generated members of any model, and the methods its author wrote, behind one interface: adapters printed beside the models implement it.</summary>
public interface ICompiledModel
{
    ParameterSet Parameters { get; }

    void Initialize(ulong seed);

    /// <param name="inputs">The inputs by name.</param>
    /// <param name="lengths">The lengths of the outputs.</param>
    double[][] Predict(ModelInputs inputs, int[] lengths);

    /// <summary>The author's Forward, run eagerly.</summary>
    Tensor[] Forward(ModelInputs inputs);

    /// <summary>An objective by name ("Loss"), run eagerly.</summary>
    Tensor Loss(string objective, ModelInputs inputs);

    double Evaluate(string objective, ModelInputs inputs);

    double ComputeGradients(string objective, ModelInputs inputs);

    /// <exception cref="NotSupportedException">The examples of the objective act on each other.</exception>
    double ComputePerExampleGradients(string objective, ModelInputs inputs, PerExampleGradients examples);

    double TrainStep(string objective, ModelInputs inputs, Optimizer optimizer);
}
