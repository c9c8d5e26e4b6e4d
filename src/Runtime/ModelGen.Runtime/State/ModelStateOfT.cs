using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The weights of one model and everything that belongs to them: gradients, the pool of workspaces, the seed of random streams, and the
/// rule who may use them when. Any number of predictions may run at once; training, loading and writing have exclusive use. Nothing
/// ever waits: a call that does not fit is an <see cref="InvalidOperationException"/> that names both calls.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe partial class ModelState<T> : ModelState, IDisposable where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly NativeArray values;
    readonly WorkspacePool workspaces = new();
    readonly PackedWeights<T> packed = new();
    NativeArray? gradients;

    /// <summary>Allocates the weights and draws them with seed 0.</summary>
    public ModelState(ModelLayout layout) : base(layout, typeof(T) == typeof(float) ? Precision.Float32 : Precision.Float64)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"A model's elements are float or double, not {typeof(T).Name}.");
        values = new NativeArray(checked(layout.Elements * sizeof(T)));
        Draw(0);
    }

    /// <summary>The arena: <see cref="ModelLayout.Elements"/> elements, aligned to 64 bytes. Valid between Begin and End of a call.</summary>
    public T* Values => (T*)values.Pointer;

    /// <summary>The gradients: <see cref="ModelLayout.TrainableElements"/> elements, aligned to 64 bytes; allocated at first use.</summary>
    public T* Gradients => (T*)GradientArray.Pointer;

    NativeArray GradientArray => Allocated(ref gradients);

    long version;

    /// <summary>Grows with every call that may change the weights.</summary>
    public long Version => Volatile.Read(ref version);

    void ExitWrite()
    {
        version++;
        Gate.ExitWrite();
    }

    /// <summary>The weights once more, in the layout of the inference program. Inside a call that reads the weights, so nobody changes them meanwhile.</summary>
    /// <param name="elements">The size of the copy.</param>
    /// <param name="pack">Makes it, from the weights.</param>
    /// <returns>The copy, valid until the call ends.</returns>
    public T* Packed(long elements, delegate*<T*, T*, void> pack) => packed.Current(Values, version, elements, pack);

    NativeArray Allocated(ref NativeArray? array)
    {
        if (Volatile.Read(ref array) is { } known) return known;
        var created = new NativeArray(checked(Layout.TrainableElements * sizeof(T)));
        if (Interlocked.CompareExchange(ref array, created, null) is not { } first) return created;
        created.Dispose();
        return first;
    }

    bool isBound;

    /// <summary>Gives the layers of a model with a constructor of its own these weights, once: its constructor makes them after this state was made.</summary>
    /// <param name="model">The model.</param>
    /// <returns>This state.</returns>
    public ModelState<T> Bind(ILayerContainer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (isBound) return this;
        var visitor = new LayerVisitor(Parameters);
        model.VisitLayers(visitor);
        isBound = visitor.IsComplete;
        return this;
    }

    /// <summary>
    /// Draws all tensors again. Each has its own random stream, seeded by <paramref name="seed"/> and its name: the same seed gives the same weights
    /// on every machine. Uniform: A + (B - A) u; normal: A + B z; both in double, rounded to the element type.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public void Initialize(ulong seed)
    {
        Gate.EnterWrite("Initialize");
        try
        {
            Draw(seed);
        }
        finally
        {
            ExitWrite();
        }
    }

    void Draw(ulong seed)
    {
        foreach (var p in Layout.Parameters)
        {
            var drawn = new double[p.Length];
            new InitializerStream(seed, p.Name).Fill(p.Kind, p.A, p.B, drawn);
            Scatter<double>(p, Values, 0, drawn);
        }
        (Seed, StepCount) = (seed, 0);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Writes all tensors to a safetensors file, under PyTorch's names and in PyTorch's order of elements. The file appears at once and whole, or not at all.
    /// </summary>
    /// <exception cref="InvalidOperationException">A training call is running.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => Save(path, StorageFormat.Precision);

    /// <inheritdoc/>
    internal override void Save(string path, StorageFormat format)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Enum.IsDefined(format)) throw new ArgumentOutOfRangeException(nameof(format), format, "The format must be one of StorageFormat.");
        Gate.EnterRead("Save");
        try
        {
            // "pt": names and axes are PyTorch's, which is what its readers look for.
            var metadata = new Dictionary<string, string> { ["format"] = "pt", ["producer"] = "ModelGen", ["model"] = ModelName };
            SafetensorsWriter.Write(path, metadata, Array.ConvertAll(Layout.Parameters, p => (p.Name, p.Shape, (Func<T[]>)(() => Logical(p)))), format);
        }
        finally
        {
            Gate.ExitRead();
        }
    }

    T[] Logical(ParameterLayout parameter)
    {
        var copy = new T[parameter.Length];
        Gather<T>(parameter, Values, 0, copy);
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>
    /// Reads all tensors from a safetensors file. Every name and shape must fit, both ways (PyTorch's <c>num_batches_tracked</c> is passed over), and the whole
    /// file is read before the model changes. Tensors of 16 bits load into every model, and an F32 file into a float64 model; an F64 file does not load into a float32 model, which would round it.
    /// </summary>
    /// <exception cref="SafetensorsException">The file is damaged or does not fit; the model is as it was.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Gate.EnterWrite("Load");
        try
        {
            using var file = new SafetensorsReader(path);
            var entries = ModelFile.Match(path, file.Entries, Layout, Precision);
            var loaded = Array.ConvertAll(entries, file.Read<T>);
            for (int i = 0; i < loaded.Length; i++) Scatter<T>(Layout.Parameters[i], Values, 0, loaded[i]);
            StepCount = 0;
        }
        finally
        {
            ExitWrite();
        }
        GC.KeepAlive(this);
    }

    /// <summary>Overwrites elements of the arena, inside a call that changes weights: running statistics at the end of a step.</summary>
    public void Store(long offset, T* source, long count) => Buffer.MemoryCopy(source, Values + offset, count * sizeof(T), count * sizeof(T));

    /// <summary>Begins a call that reads the weights, with a workspace of <paramref name="elements"/>: the caller's, or one of the pool.</summary>
    /// <exception cref="InvalidOperationException">A training call is running, or the workspace is in use.</exception>
    public ModelCall<T> Read(string member, Workspace? workspace, long elements) => new(this, member, workspace, elements, writes: false);

    /// <summary>Begins a call that changes weights or gradients.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public ModelCall<T> Write(string member, long elements) => new(this, member, null, elements, writes: true);

    /// <summary>Begins a call that reads the weights.</summary>
    /// <param name="member">The called member, for messages.</param>
    /// <exception cref="InvalidOperationException">A training call is running.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void BeginPredict(string member = "Predict") => Gate.EnterRead(member);

    /// <summary>Ends what <see cref="BeginPredict"/> began.</summary>
    public void EndPredict() => Gate.ExitRead();

    /// <summary>Begins a call that changes weights or gradients.</summary>
    /// <param name="member">The called member, for messages.</param>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void BeginTraining(string member)
    {
        Gate.EnterWrite(member);
        try
        {
            _ = GradientArray;
        }
        catch
        {
            ExitWrite();
            throw;
        }
    }

    /// <summary>Ends what <see cref="BeginTraining"/> began.</summary>
    public void EndTraining() => ExitWrite();

    /// <summary>A workspace of at least <paramref name="bytes"/> for one call; allocates nothing once the pool is warm.</summary>
    public Workspace RentWorkspace(long bytes) => workspaces.Rent(bytes);

    /// <summary>Gives a rented workspace back.</summary>
    public void ReturnWorkspace(Workspace workspace) => workspaces.Return(workspace);

    /// <summary>Frees all memory. The finalizers do the same later.</summary>
    /// <exception cref="InvalidOperationException">A call is running.</exception>
    public void Dispose()
    {
        if (Gate.IsClosed) return;
        Gate.Close();
        values.Dispose();
        gradients?.Dispose();
        partGradients?.Dispose();
        packed.Dispose();
        workspaces.Dispose();
    }

    internal override void Read<U>(ParameterLayout parameter, bool gradient, int first, Span<U> destination)
    {
        Gate.EnterRead("reading parameters");
        try
        {
            if (gradient && !GradientsAreKept) throw new InvalidOperationException(
                $"The gradient of '{parameter.Name}' of {ModelName} is not there: the last call was a training step, which uses up each gradient as it is made, or it failed. Call ComputeGradients instead to look at gradients.");
            Gather(parameter, gradient ? Gradients : Values, first, destination);
        }
        finally
        {
            Gate.ExitRead();
        }
        GC.KeepAlive(this);
    }

    internal override void Write<U>(ParameterLayout parameter, bool gradient, int first, ReadOnlySpan<U> source)
    {
        Gate.EnterWrite("writing parameters");
        try
        {
            // Perhaps a part only; the rest must not be what a training step has left there.
            if (gradient) KeepGradients([], GradientsAreKept);
            Scatter(parameter, gradient ? Gradients : Values, first, source);
            if (gradient) Pending.Add(parameter);
        }
        finally
        {
            ExitWrite();
        }
        GC.KeepAlive(this);
    }

    internal override void WriteAll(IReadOnlyList<(ParameterLayout Parameter, double[] Values)> all)
    {
        Gate.EnterWrite("writing parameters");
        try
        {
            foreach (var (parameter, drawn) in all) Scatter<double>(parameter, Values, 0, drawn);
        }
        finally
        {
            ExitWrite();
        }
        GC.KeepAlive(this);
    }

    static void Gather<U>(ParameterLayout p, T* arena, int first, Span<U> destination) where U : unmanaged, INumberBase<U>
    {
        var order = new StorageOrder(p);
        for (int done = 0; done < destination.Length;)
        {
            T* source = arena + p.Offset + order.Run(first + done, out int run, out nint stride);
            run = Math.Min(run, destination.Length - done);
            for (int i = 0; i < run; i++) destination[done + i] = U.CreateTruncating(source[i * stride]);
            done += run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // the first values of a model go through it before anything is optimized
    static void Scatter<U>(ParameterLayout p, T* arena, int first, ReadOnlySpan<U> source) where U : unmanaged, INumberBase<U>
    {
        var order = new StorageOrder(p);
        for (int done = 0; done < source.Length;)
        {
            T* destination = arena + p.Offset + order.Run(first + done, out int run, out nint stride);
            run = Math.Min(run, source.Length - done);
            for (int i = 0; i < run; i++) destination[i * stride] = T.CreateTruncating(source[done + i]);
            done += run;
        }
    }
}
