using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>
/// One running call of a generated member: it holds the right to read or to change the weights, and a workspace. Disposing gives both back,
/// also when the call fails. Created by <see cref="ModelState{T}.Read"/> and <see cref="ModelState{T}.Write"/>.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe ref struct ModelCall<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly ModelState<T> state;
    readonly Workspace memory;
    readonly bool writes, owned;

    internal ModelCall(ModelState<T> state, string member, Workspace? workspace, long elements, bool writes)
    {
        (this.state, this.writes, owned) = (state, writes, workspace is null);
        if (writes) state.BeginTraining(member);
        else state.BeginPredict(member);
        try
        {
            long bytes = checked(elements * sizeof(T));
            memory = workspace ?? state.RentWorkspace(bytes);
            Workspace = (T*)(workspace is null ? memory.Pointer : memory.Enter(bytes));
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <summary>The first element of the workspace, aligned to 64 bytes.</summary>
    public T* Workspace { get; }

    /// <summary>Ends the call.</summary>
    public void Dispose()
    {
        if (owned) state.ReturnWorkspace(memory);
        else memory.Exit();
        End();
    }

    void End()
    {
        if (writes) state.EndTraining();
        else state.EndPredict();
    }
}
