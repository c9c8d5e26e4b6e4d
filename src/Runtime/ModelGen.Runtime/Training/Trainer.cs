using System.Diagnostics;
using System.Globalization;

namespace ModelGen;

/// <summary>The training loop: batches in a seeded order, step after step, with validation and progress.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains a model. The same model, data and options give the same weights, bit for bit, on the same machine type with the same number
    /// of threads.
    /// </summary>
    /// <exception cref="ArgumentException">The data is empty, an option is outside its range, a column is missing or fits no input, or the schedule gives a factor that is negative or not finite.</exception>
    /// <exception cref="NonFiniteLossException">A loss was NaN or infinite; the weights are those before that step.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public static History Fit(ITrainable model, Dataset data, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Epochs < 1) throw new ArgumentOutOfRangeException(nameof(options), options.Epochs, "'Epochs' must be at least 1.");
        if (options.FirstEpoch < 1 || options.FirstEpoch > int.MaxValue - options.Epochs) throw new ArgumentOutOfRangeException(nameof(options), options.FirstEpoch,
            string.Create(CultureInfo.InvariantCulture, $"'FirstEpoch' must be at least 1, and at most {int.MaxValue - options.Epochs} before {options.Epochs} epochs."));
        if (options.BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, "'BatchSize' must be at least 1.");
        if (options.Accumulate < 1) throw new ArgumentOutOfRangeException(nameof(options), options.Accumulate, "'Accumulate' must be at least 1.");
        if (data.Count == 0) throw new ArgumentException("The dataset has no examples.", nameof(data));
        if (options.DropLast && data.Count < options.BatchSize) throw new ArgumentException(
            $"The dataset has {data.Count} examples, fewer than one batch of {options.BatchSize}, and 'DropLast' leaves out what fills no batch.", nameof(data));
        if (options.Validation is { Count: 0 }) throw new ArgumentException("The validation data has no examples.", nameof(options));
        if (options.Validation is { } validated) RequireFit(model, validated, options);

        int batchSize = Math.Min(options.BatchSize, data.Count);
        var optimizer = options.Optimizer ?? new Adam();
        var batch = data.NewBatch(batchSize);
        int[] given = data.Order(), order = (int[])given.Clone();
        int used = options.DropLast ? order.Length / batchSize * batchSize : order.Length;
        long group = (long)batchSize * options.Accumulate;
        int steps = (int)((used + group - 1) / group);
        double rate = optimizer.LearningRate;
        long done = (options.FirstEpoch - 1L) * steps;
        var history = new History();
        try
        {
            // A file that is written meanwhile must not take a scheduled rate for the base: it would be reduced again when the training goes on.
            if (options.Schedule is not null) optimizer.BaseLearningRate = rate;
            for (int epoch = options.FirstEpoch; epoch < options.FirstEpoch + options.Epochs; epoch++)
            {
                var clock = Stopwatch.StartNew();
                if (options.Shuffle)
                {
                    // From the given order each time: an epoch's order depends on the seed and the epoch only.
                    given.CopyTo(order, 0);
                    Execution.RowOrder.Shuffle(order, options.Seed, (ulong)epoch);
                }
                double sum = 0;
                for (int step = 1; step <= steps; step++, done++)
                {
                    options.Cancellation.ThrowIfCancellationRequested();
                    int start = (int)((step - 1) * group), count = (int)Math.Min(group, used - start);
                    if (options.Schedule is { } schedule) optimizer.LearningRate = Scheduled(rate, schedule, options.ScheduleUnit, options.ScheduleUnit == ScheduleUnit.Step ? done : epoch - 1);
                    double loss = Update(model, data, batch, order.AsSpan(start, count), batchSize, optimizer);
                    sum += loss * count;
                    options.OnStep?.Invoke(new StepProgress(epoch, step, steps, (float)loss));
                }
                clock.Stop();
                double? validation = options.Validation is { } held ? Evaluate(model, held, options.BatchSize) : null;
                var result = new EpochResult(epoch, sum / used, validation, clock.Elapsed);
                history.Add(result);
                options.Schedule?.Observe(result.ValidationLoss ?? result.Loss);
                options.OnEpoch?.Invoke(result);
            }
        }
        finally
        {
            if (options.Schedule is not null) (optimizer.LearningRate, optimizer.BaseLearningRate) = (rate, null);
        }
        return history;
    }

    // An error after the first epoch would cost that epoch. Only the model knows its columns and sizes, and an evaluation checks them and changes nothing. The first step does the same for the data.
    static void RequireFit(ITrainable model, Dataset validation, FitOptions options)
    {
        try
        {
            model.Evaluate(validation.Batch(0, Math.Min(options.BatchSize, validation.Count)));
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The validation data does not fit the model, and nothing was trained. {e.Message}", nameof(options), e);
        }
    }

    static double Scheduled(double rate, LearningRateSchedule schedule, ScheduleUnit unit, long step)
    {
        double factor = schedule.Factor(step), scheduled = rate * factor;
        // A schedule may be any function of the user's.
        return factor >= 0 && double.IsFinite(scheduled) ? scheduled : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"The schedule {schedule.GetType().Name} gives the factor {factor} for {(unit == ScheduleUnit.Step ? "step" : "epoch")} {step}, counted from 0. It must be a finite number of at least 0, and so must be its product with the learning rate {rate}. The weights are those before that step."),
            nameof(schedule));
    }

    // One update with the gradients of some rows, batch by batch; gives their mean loss.
    static double Update(ITrainable model, Dataset data, Batch batch, ReadOnlySpan<int> rows, int batchSize, Optimizer optimizer)
    {
        if (rows.Length <= batchSize)
        {
            data.Fill(batch, rows);
            return model.TrainStep(batch, optimizer);
        }
        var state = model.Parameters.State;
        var waiting = state.Pending;
        waiting.Clear();
        state.AccumulatedScaling = optimizer.LossScaling;
        double loss = 0;
        try
        {
            for (int start = 0; start < rows.Length; start += batchSize)
            {
                data.Fill(batch, rows.Slice(start, Math.Min(batchSize, rows.Length - start)));
                double share = (double)batch.Count / rows.Length;
                loss += share * model.AccumulateGradients(batch, share);
            }
            optimizer.Step(model.Parameters);
        }
        catch
        {
            // Half an update is none: nothing of it waits for the next one.
            waiting.Clear();
            throw;
        }
        finally
        {
            state.AccumulatedScaling = null;
        }
        return loss;
    }

    /// <summary>The mean loss over a dataset, in inference form.</summary>
    /// <exception cref="ArgumentException">The data is empty, or a column is missing or fits no input.</exception>
    public static double Evaluate(ITrainable model, Dataset data, int batchSize = 256)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (batchSize < 1) throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, "The batch size must be at least 1.");
        if (data.Count == 0) throw new ArgumentException("The dataset has no examples.", nameof(data));
        int[] order = data.Order();
        var batch = data.NewBatch(Math.Min(batchSize, order.Length));
        double sum = 0;
        for (int start = 0; start < order.Length; start += batchSize)
        {
            data.Fill(batch, order.AsSpan(start, Math.Min(batchSize, order.Length - start)));
            sum += (double)model.Evaluate(batch) * batch.Count;
        }
        return sum / order.Length;
    }
}
