namespace ModelGen;

/// <summary>What <see cref="Trainer"/> needs of a model; the generator implements it for every model with a <c>Loss</c>.</summary>
public interface ITrainable
{
    /// <summary>The weights by name.</summary>
    ParameterSet Parameters { get; }

    /// <summary>One training step on a batch whose columns are named as the parameters of <c>Loss</c>.</summary>
    /// <returns>The mean loss before the update.</returns>
    double TrainStep(Batch batch, Optimizer optimizer);

    /// <summary>The first half of a training step: adds the gradients of a batch, times <paramref name="weight"/>, to those that wait for an update.</summary>
    /// <returns>The mean loss.</returns>
    double AccumulateGradients(Batch batch, double weight);

    /// <summary>The mean loss of a batch, in inference form; changes nothing.</summary>
    double Evaluate(Batch batch);

    /// <summary>Writes the weights to a safetensors file.</summary>
    void Save(string path);

    /// <summary>Reads the weights from a safetensors file.</summary>
    void Load(string path);
}
