using System.Numerics;

namespace ModelGen.Execution;

/// <summary>What a Fourier transform does with as many lines as vectors have lanes, each line in a lane of its own.</summary>
unsafe interface ILineTransform
{
    /// <summary>Transforms some lines.</summary>
    /// <param name="plan">The plan of the size.</param>
    /// <param name="room">Room for <see cref="FftPlan{T}.Room"/> vectors.</param>
    /// <param name="first">The first line.</param>
    /// <param name="count">How many lines, at most as many as there are lanes.</param>
    void Run<V, T>(FftPlan<T> plan, T* room, nint first, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>
/// The lines of a tensor, divided among a team and into groups of lanes. The bits of a line depend neither on its neighbours nor on the size of the team.
/// </summary>
static unsafe class LineTransform
{
    // Elements of a line that are brought into lanes at a time: all lanes of them stay in the nearest cache.
    internal const nint Block = 32;

    /// <summary>Transforms all lines with the plan of a size. Every member of the team calls it and computes some lines; no barrier at the end.</summary>
    internal static void Run<V, T, K>(Team team, nint lines, nint size, K transform)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        where K : struct, ILineTransform
    {
        team.Range(lines, V.Count, out nint from, out nint to);
        if (to <= from) return;
        var plan = FftPlan<T>.For(size);
        T* room = (T*)team.Scratch(plan.Room * sizeof(V));
        for (nint first = from; first < to; first += V.Count)
        {
            nint count = Math.Min(V.Count, to - first);
            // A line alone in wide vectors would move all of their bytes. The choice depends on the last lines of a tensor only, not on the team.
            if (typeof(T) == typeof(float) && count <= 4 && V.Count > 1)
            {
                var single = (FftPlan<float>)(object)plan;
                if (count == 1) transform.Run<F32x1, float>(single, (float*)room, first, count);
                else transform.Run<F32x4, float>(single, (float*)room, first, count);
            }
            else if (typeof(T) == typeof(double) && count == 1)
            {
                transform.Run<F64x1, double>((FftPlan<double>)(object)plan, (double*)room, first, count);
            }
            else
            {
                transform.Run<V, T>(plan, room, first, count);
            }
        }
        GC.KeepAlive(plan);
    }

    /// <summary>Where a line begins, in numbers of the tensor.</summary>
    internal static nint Start(nint line, nint length, nint inner) => (line / inner * length * inner) + (line % inner);
}
