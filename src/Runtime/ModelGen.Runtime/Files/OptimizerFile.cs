using System.Globalization;

namespace ModelGen.Execution;

/// <summary>
/// What an optimizer remembers of a model, as a safetensors file: a tensor <c>conv1.weight.exp_avg</c> for each trained parameter and slot, in PyTorch's order of
/// elements, and the numbers of the course of the training as text in the header.
/// </summary>
internal static unsafe class OptimizerFile
{
    const string Format = "modelgen-optimizer", Version = "1";

    /// <summary>Numbers that belong to the course of the training.</summary>
    /// <param name="Steps">Updates of this model.</param>
    /// <param name="LearningRate">The learning rate, before any schedule.</param>
    /// <param name="MomentumProduct">See <see cref="OptimizerSlots.MomentumProduct"/>.</param>
    /// <param name="ModelSteps">The model's training steps: the key of its random streams.</param>
    /// <param name="ModelSeed">The model's seed.</param>
    public sealed record Course(long Steps, double LearningRate, double MomentumProduct, long ModelSteps, ulong ModelSeed);

    /// <summary>Writes the file, atomically.</summary>
    public static void Write<T>(string path, Optimizer optimizer, ModelState state, OptimizerSlots slots) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["version"] = Version,
            ["producer"] = "ModelGen",
            ["optimizer"] = optimizer.GetType().Name,
            ["model"] = state.ModelName,
            ["steps"] = slots.StepCount.ToString(CultureInfo.InvariantCulture),
            ["learning_rate"] = (optimizer.BaseLearningRate ?? optimizer.LearningRate).ToString("R", CultureInfo.InvariantCulture),
            ["momentum_product"] = slots.MomentumProduct.ToString("R", CultureInfo.InvariantCulture),
            ["model_steps"] = state.StepCount.ToString(CultureInfo.InvariantCulture),
            ["model_seed"] = state.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (optimizer.LossScaling is { } scaling)
        {
            metadata["loss_scale"] = scaling.Scale.ToString("R", CultureInfo.InvariantCulture);
            metadata["loss_scale_good_steps"] = scaling.GoodSteps.ToString(CultureInfo.InvariantCulture);
            metadata["loss_scale_skipped_steps"] = scaling.SkippedSteps.ToString(CultureInfo.InvariantCulture);
        }
        SafetensorsWriter.Write<T>(path, metadata, [.. Tensors(optimizer, state, slots).Select(t => (t.Name, t.Shape, (Func<T[]>)(() => Values(t))))]);

        T[] Values(Tensor tensor)
        {
            if (tensor.Slot < 0) return new ReadOnlySpan<T>((T*)slots.Extra(tensor.Index) + tensor.First, tensor.Shape[0]).ToArray();
            var values = new T[tensor.Parameter.Length];
            state.GatherSlot<T>(tensor.Parameter, slots.Slot(tensor.Slot), values);
            return values;
        }
    }

    /// <summary>Reads the file into the slots. Everything is checked, and read, before anything changes.</summary>
    /// <exception cref="SafetensorsException">The file is damaged or belongs to another optimizer or model.</exception>
    public static Course Read<T>(string path, Optimizer optimizer, ModelState state, OptimizerSlots slots) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        using var file = new SafetensorsReader(path);
        if (Text(file, path, "format") != Format) throw new SafetensorsException(path, "the file holds no optimizer's state.");
        if (Text(file, path, "version") is var version and not Version) throw new SafetensorsException(path, $"the file has version {version} of the format; only version {Version} is known.");
        if (Text(file, path, "optimizer") is var kind && kind != optimizer.GetType().Name) throw new SafetensorsException(path,
            $"the file holds the state of {kind}, but this optimizer is {optimizer.GetType().Name}. Nothing was changed.");
        var course = new Course(Number<long>(file, path, "steps", long.TryParse), Real(file, path, "learning_rate"), Real(file, path, "momentum_product"),
            Number<long>(file, path, "model_steps", long.TryParse), Number<ulong>(file, path, "model_seed", ulong.TryParse));
        if (course.Steps < 0 || course.ModelSteps < 0 || course.LearningRate < 0) throw new SafetensorsException(path, "a number of the training's course is negative.");

        (double Scale, int Good, long Skipped)? scale = optimizer.LossScaling is { IsDynamic: true } && file.Metadata.ContainsKey("loss_scale")
            ? (Real(file, path, "loss_scale"), Number<int>(file, path, "loss_scale_good_steps", int.TryParse), Number<long>(file, path, "loss_scale_skipped_steps", long.TryParse)) : null;
        if (scale is { Scale: <= 0 } or { Good: < 0 } or { Skipped: < 0 }) throw new SafetensorsException(path, "a number of the loss scaling's course is out of its range.");

        var tensors = Tensors(optimizer, state, slots);
        var entries = ModelFile.Match(path, file.Entries, $"the optimizer's state of {state.ModelName}", [.. tensors.Select(t => (t.Name, t.Shape))], state.Precision);
        var values = Array.ConvertAll(entries, file.Read<T>);
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Slot < 0) values[i].CopyTo(new Span<T>((T*)slots.Extra(tensors[i].Index) + tensors[i].First, values[i].Length));
            else state.ScatterSlot<T>(tensors[i].Parameter, slots.Slot(tensors[i].Slot), values[i]);
        }
        if (scale is var (factor, good, skipped)) optimizer.LossScaling!.Continue(factor, good, skipped);
        return course;
    }

    /// <summary>One array of the file: a slot of a parameter, or (with a slot below 0) a part of what its tensor has besides.</summary>
    readonly record struct Tensor(string Name, int[] Shape, ParameterLayout Parameter, int Index, int Slot, int First);

    static List<Tensor> Tensors(Optimizer optimizer, ModelState state, OptimizerSlots slots)
    {
        var tensors = new List<Tensor>();
        var trained = state.Pending.Trained;
        for (int i = 0; i < trained.Length; i++)
        {
            var p = trained[i];
            for (int slot = 0; slot < optimizer.SavedSlotCount; slot++) tensors.Add(new Tensor($"{p.Name}.{optimizer.SlotName(slot)}", p.Shape, p, i, slot, 0));
            if (!optimizer.SavesExtras) continue;
            int first = 0;
            foreach (var (name, length) in optimizer.Extras(p, slots.FormOf(i)))
            {
                int count = checked((int)length);
                tensors.Add(new Tensor($"{p.Name}.{name}", [count], p, i, -1, first));
                first = checked(first + count);
            }
        }
        return tensors;
    }

    static string Text(SafetensorsReader file, string path, string key) => file.Metadata.TryGetValue(key, out var text) ? text
        : throw new SafetensorsException(path, key == "format" ? "the file holds no optimizer's state." : $"the header has no '{key}'.");

    static double Real(SafetensorsReader file, string path, string key) =>
        double.TryParse(Text(file, path, key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : throw new SafetensorsException(path, $"'{key}' of the header is '{Text(file, path, key)}', which is no finite number.");

    delegate bool Parse<TNumber>(string? text, NumberStyles style, IFormatProvider? provider, out TNumber value);

    static TNumber Number<TNumber>(SafetensorsReader file, string path, string key, Parse<TNumber> parse) =>
        parse(Text(file, path, key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value
            : throw new SafetensorsException(path, $"'{key}' of the header is '{Text(file, path, key)}', which is no whole number.");
}
