using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The gradients of all examples of a batch, each by itself: a thread takes one example at a time through the whole program of the training step, with memory of its own. Then all
/// threads add up the gradients, each some of the weights, in the order of the examples: the bits do not depend on the number of threads.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct PerExampleStep<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Examples of a thread between two sums, where gradients are not kept: enough to make up for one that takes longer.
    const int ExamplesAtOnce = 4;

    readonly ModelState<T> state;
    readonly int count, threads;
    readonly long work, workspace;

    /// <param name="state">The model.</param>
    /// <param name="count">How many examples there are.</param>
    /// <param name="work">Multiply-adds of one.</param>
    /// <param name="workspace">Elements of workspace of one.</param>
    public PerExampleStep(ModelState<T> state, int count, long work, long workspace)
    {
        (this.state, this.count, this.work) = (state, count, work);
        this.workspace = (workspace + NativeArray.Alignment - 1) / NativeArray.Alignment * NativeArray.Alignment;
        threads = Math.Max(1, Math.Min(count, WorkerPool.ThreadsFor(checked(count * work))));
    }

    /// <summary>Elements of workspace that the call needs.</summary>
    public long WorkspaceElements => checked(threads * workspace);

    /// <summary>Computes the gradients; then their mean waits for an update.</summary>
    /// <param name="member">The called member, for messages.</param>
    /// <param name="example">Computes the loss of one example, and its gradients: arguments, which one, a <see cref="WeightUpdate{T}"/>, gradients, workspace.</param>
    /// <param name="arguments">Its first argument.</param>
    /// <param name="memory">The workspace of all threads.</param>
    /// <param name="trained">First element and count of each range of weights that the call trains, in pairs.</param>
    /// <param name="into">Receives the results.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="NonFiniteLossException">The loss of an example is not finite. Nothing was changed.</exception>
    /// <exception cref="NonFiniteGradientException">The norm of an example's gradient is to be limited, but is not finite. Nothing was changed.</exception>
    public T Run(string member, delegate*<void*, long, void*, T*, T*, T> example, void* arguments, T* memory, ReadOnlySpan<long> trained, PerExampleGradients into)
    {
        int atOnce = into.KeepsGradients ? count : Math.Min(count, ExamplesAtOnce * threads);
        var rows = (T*)into.Begin(state, count, atOnce, threads, sizeof(T));
        try
        {
            var none = new WeightUpdate<T>(null, 1, state, state.Values, null);
            fixed (double* losses = into.AllLosses, norms = into.AllNorms, shares = into.Shares, squares = into.Squares)
            fixed (long* ranges = trained)
            {
                var job = new Job
                {
                    Example = example,
                    Arguments = arguments,
                    Update = Unsafe.AsPointer(ref none),
                    Rows = rows,
                    Sum = state.PartGradients,
                    Workspace = memory,
                    Losses = losses,
                    Norms = norms,
                    Shares = shares,
                    Squares = squares,
                    Ranges = ranges,
                    RangeNumbers = trained.Length,
                    Stride = PerExampleGradients.Stride(state),
                    WorkspaceStride = workspace,
                    Elements = state.Layout.TrainableElements,
                    MaxNorm = into.MaxNorm,
                    Count = count,
                    AtOnce = atOnce,
                    Threads = threads,
                };
                into.Threads.Run(&Share, &job, checked(count * work));
            }
            T loss = Checked(member, into);
            state.Pending.Clear();
            state.Accumulate(1.0 / count, trained);
            into.Fill(state, member, count, trained);
            return loss;
        }
        finally
        {
            into.Exit();
        }
    }

    T Checked(string member, PerExampleGradients into)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (!double.IsFinite(into.AllLosses[i])) throw new NonFiniteLossException(into.AllLosses[i], member, state.StepCount, i);
            if (!double.IsFinite(into.AllNorms[i]) && double.IsFinite(into.MaxNorm)) throw new NonFiniteGradientException(into.AllNorms[i], state.ModelName, state.StepCount, i);
            sum += into.AllLosses[i];
        }
        return T.CreateTruncating(sum / count);
    }

    // On the caller's stack, which outlives the run.
    struct Job
    {
        public delegate*<void*, long, void*, T*, T*, T> Example;
        public void* Arguments, Update;
        public T* Rows, Sum, Workspace;
        public double* Losses, Norms, Shares, Squares;
        public long* Ranges;
        public int RangeNumbers, Count, AtOnce, Threads;
        public long Stride, WorkspaceStride, Elements;
        public double MaxNorm;
    }

    static void Share(void* state, Team team)
    {
        ref var job = ref Unsafe.AsRef<Job>(state);
        var ranges = new ReadOnlySpan<long>(job.Ranges, job.RangeNumbers);
        // There is memory for so many threads, whatever the team has become.
        int threads = Math.Min(team.Count, job.Threads);
        for (int first = 0; first < job.Count; first += job.AtOnce)
        {
            int end = Math.Min(job.Count, first + job.AtOnce);
            for (int i = first + team.Index; i < end && team.Index < threads; i += threads) One(ref job, i, job.Rows + ((i - first) * job.Stride), team.Index, ranges);
            team.Barrier();
            Add(ref job, team, first, end, ranges);
            if (end < job.Count) team.Barrier();
        }
    }

    static void One(ref Job job, int i, T* gradients, int thread, ReadOnlySpan<long> ranges)
    {
        double* squares = job.Squares + (thread * GradientClip.Blocks(job.Elements));
        job.Losses[i] = double.CreateTruncating(job.Example(job.Arguments, i, job.Update, gradients, job.Workspace + (thread * job.WorkspaceStride)));
        GradientClip.Measure(Team.Single, gradients, ranges, squares, job.Elements, double.PositiveInfinity, isNorm: true);
        double norm = GradientClip.Norm(squares, job.Elements);
        job.Norms[i] = norm;
        job.Shares[i] = double.IsPositiveInfinity(job.MaxNorm) ? 1 : GradientClip.Factor(norm, job.MaxNorm);
    }

    // This thread's share of the weights, block by block: the sums of a block stay in the first-level cache.
    static void Add(ref Job job, Team team, int first, int end, ReadOnlySpan<long> ranges)
    {
        for (int r = 0; r < ranges.Length; r += 2)
        {
            team.Range((nint)ranges[r + 1], UpdateRule.Block, out nint from, out nint to);
            for (nint at = from; at < to; at += UpdateRule.Block)
            {
                nint offset = (nint)ranges[r] + at, size = nint.Min(UpdateRule.Block, to - at);
                for (int i = first; i < end; i++) GradientSum.AddAlone(job.Sum + offset, job.Rows + ((i - first) * job.Stride) + offset, size, job.Shares[i], begins: i == 0);
            }
        }
    }
}
