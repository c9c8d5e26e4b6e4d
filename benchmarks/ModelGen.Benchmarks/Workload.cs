namespace ModelGen.Benchmarks;

/// <summary>Something that is timed.</summary>
/// <param name="Id">Its name in the tables: <c>W1_mlp_train</c>.</param>
/// <param name="Open">Makes the model and its data.</param>
internal sealed record Workload(string Id, Func<Subject> Open);

/// <summary>A workload with its data in memory, ready to run.</summary>
/// <param name="Run">One call: a training step (forward, loss, backward, update) or a prediction.</param>
/// <param name="MultiplyAdds">Of the products and convolutions of one call.</param>
/// <param name="Check">Compares the compiled numbers with the eager reference; returns the largest relative difference seen, or throws.</param>
internal sealed record Subject(Action Run, long MultiplyAdds, Func<double> Check);
