namespace ModelGen.Compiler.Memory;

/// <summary>
/// Gives every kept value its place. Workspace is divided into slots; values whose lifetimes do not overlap share one. A slot's
/// offset is a polynomial in the symbols (linear in N for a batch), so the peak is known at compile time.
/// </summary>
internal sealed class MemoryPlan
{
    readonly Dictionary<Node, Storage> storage;
    readonly Dictionary<ScanKernel, (MemoryPlan Step, Slot? Slot)> loops;

    MemoryPlan(Dim workspaceElements, Dictionary<Node, Storage> storage, Dictionary<ScanKernel, (MemoryPlan Step, Slot? Slot)> loops)
    {
        WorkspaceElements = workspaceElements;
        this.storage = storage;
        this.loops = loops;
    }

    /// <summary>The places of the values of one step of a loop, and where the workspace that all its steps use begins.</summary>
    public (MemoryPlan Step, Dim Offset) Inside(ScanKernel loop) => (loops[loop].Step, loops[loop].Slot?.Offset ?? Dim.Zero);

    /// <summary>Size of the workspace in elements of the model's type.</summary>
    public Dim WorkspaceElements { get; }

    /// <summary>Size of the cache of a decoding session, in elements, and for how many attentions.</summary>
    public Dim CacheElements { get; private init; } = Dim.Zero;
    public int Caches { get; private init; }

    /// <summary>The place of a value; views live where their root does.</summary>
    public Storage this[Node node] => storage[Views.Root(node)];

    public bool Has(Node node) => storage.ContainsKey(Views.Root(node));

    /// <param name="schedule">The kernels.</param>
    /// <param name="arena">Where weights live; null inside of a loop, which is given them.</param>
    /// <param name="alignment">Elements to align slots to.</param>
    /// <param name="destinations">Values that are written to a place of the caller's choice: outputs and gradients.</param>
    public static MemoryPlan For(Schedule schedule, ParameterArena? arena, int alignment, IReadOnlyDictionary<Node, Storage> destinations)
    {
        var storage = new Dictionary<Node, Storage>();
        var (cached, caches) = (Dim.Zero, 0);
        foreach (var node in schedule.Graph.Live())
        {
            switch (node.Op)
            {
                case LossScaleLeaf: storage[node] = new Storage(StorageKind.LossScale, "", Dim.Zero); break;
                case InputLeaf input: storage[node] = new Storage(StorageKind.Input, input.Input, Dim.Zero); break;
                case ScanLeaf given: storage[node] = new Storage(StorageKind.Step, "given " + given.Index.ToString(System.Globalization.CultureInfo.InvariantCulture), Dim.Zero); break;
                case ParameterLeaf parameter: storage[node] = new Storage(StorageKind.Parameters, "", Dim.Of(arena!.Offset(parameter.Path))); break;
                case StateLeaf state: storage[node] = new Storage(StorageKind.Parameters, "", Dim.Of(arena!.Offset(state.Path))); break;
                case CacheLeaf cache:
                    storage[node] = new Storage(StorageKind.Cache, "", cached);
                    cached += cache.Type.Shape.Elements;
                    caches++;
                    break;
            }
        }
        foreach (var destination in destinations) storage[destination.Key] = destination.Value;

        var slots = new List<Slot>();
        var loops = new Dictionary<ScanKernel, (MemoryPlan Step, Slot? Slot)>();
        var slotOf = new Dictionary<Node, Slot>();
        var lastUse = LastUses(schedule);
        bool isTight = schedule.Kernels.Any(k => k.Writes.Any(n => n.Stored.IsNarrow()));
        for (int k = 0; k < schedule.Kernels.Count; k++)
        {
            schedule.Graph.Cancellation.ThrowIfCancellationRequested();
            var kernel = schedule.Kernels[k];
            var dying = kernel.Reads.Select(Views.Owner).Distinct().Where(r => lastUse.TryGetValue(r, out int last) && last == k && slotOf.ContainsKey(r)).ToArray();
            // An elementwise loop reads each element before it writes it: it may overwrite what it is the last to read.
            if (kernel is LoopKernel { Form: LoopForm.Map } map && map.Writes.Select(n => n.Stored).Distinct().Count() == 1)
                foreach (var operand in dying.Where(d => d.Op is not MultiResultOp && d.DType.IsFloat() && d.Stored.Size() == map.Writes[0].Stored.Size() && map.Operands.Where(o => Views.Root(o) == d).All(o => IsWholeAndInOrder(map, o)))) slotOf[operand].Busy = false;
            foreach (var node in kernel.Writes)
            {
                if (storage.ContainsKey(node)) continue;
                slotOf[node] = Slot.Find(slots, Size(node, alignment), isTight);
                slotOf[node].Busy = true;
                storage[node] = null!;   // known to be placed; its offset follows when all slots have their sizes
            }
            if (kernel is ScanKernel loop) loops[loop] = Loop(loop, slots, alignment);
            foreach (var node in dying)
                if (!kernel.Writes.Any(w => slotOf.TryGetValue(w, out var s) && s == slotOf[node])) slotOf[node].Busy = false;
            // What nobody reads is free at once.
            foreach (var node in kernel.Writes)
                if (slotOf.TryGetValue(node, out var slot) && !lastUse.ContainsKey(node)) slot.Busy = false;
        }

        var offset = Dim.Zero;
        foreach (var slot in slots)
        {
            slot.Offset = offset;
            offset += slot.Size;
        }
        foreach (var placed in slotOf) storage[placed.Key] = new Storage(StorageKind.Workspace, "", placed.Value.Offset);
        // Results lie where all of them do.
        foreach (var node in schedule.Graph.Live())
            if (node.Op is Result result && storage.TryGetValue(node.Inputs[0], out var all)) storage[node] = all with { Offset = all.Offset + result.Offset };
        return new MemoryPlan(offset, storage, loops) { CacheElements = cached, Caches = caches };
    }

    // The workspace of a loop is its own while it runs; the next kernel may have it.
    static (MemoryPlan Step, Slot? Slot) Loop(ScanKernel loop, List<Slot> slots, int alignment)
    {
        var outputs = loop.Scan.Body.Outputs.Select((o, i) => (Root: Views.Root(o.Value), Place: new Storage(StorageKind.Step, i.ToString(System.Globalization.CultureInfo.InvariantCulture), Dim.Zero)));
        var step = For(loop.Body, null, alignment, outputs.ToDictionary(o => o.Root, o => o.Place));
        return (step, step.WorkspaceElements.IsZero ? null : Slot.Find(slots, step.WorkspaceElements));
    }

    static bool IsWholeAndInOrder(LoopKernel map, Node operand) =>
        operand.Shape.Elements == map.Space.Shape.Elements && map.AccessTo(operand) is { ContiguousColumns: true };

    static Dictionary<Node, int> LastUses(Schedule schedule)
    {
        var last = new Dictionary<Node, int>();
        for (int k = 0; k < schedule.Kernels.Count; k++)
            foreach (var node in schedule.Kernels[k].Reads) last[Views.Owner(node)] = k;
        foreach (var root in schedule.Graph.Roots) last[Views.Owner(root)] = int.MaxValue;
        return last;
    }

    // Coefficients are rounded up one by one: the offset stays a polynomial, and every slot stays aligned.
    static Dim Aligned(Dim elements, int alignment) => elements.RoundCoefficients(alignment);

    // In elements of the model's type, which is float32 where some values take half of that.
    static Dim Size(Node node, int alignment) => node.Stored.IsNarrow() ? Aligned(node.Shape.Elements, 2 * alignment).DivideExactly(2)! : Aligned(node.Shape.Elements, alignment);

    sealed class Slot(Dim size)
    {
        public Dim Size { get; private set; } = size;
        public bool Busy { get; set; }
        public Dim Offset { get; set; } = Dim.Zero;

        // The size at a typical batch, for comparisons.
        long Typical { get; set; } = TypicalOf(size);

        static long TypicalOf(Dim size) => size.Evaluate(_ => 64);

        /// <param name="slots">All.</param>
        /// <param name="size">What is needed.</param>
        /// <param name="isTight">Whether values of half the size live long: in a slot of twice their size they would save nothing.</param>
        public static Slot Find(List<Slot> slots, Dim size, bool isTight = false)
        {
            long typical = TypicalOf(size);
            Slot? fitting = null, growing = null;
            foreach (var s in slots)
            {
                if (s.Busy || (isTight && (s.Typical >= 2 * typical || typical >= 2 * s.Typical))) continue;
                if (s.Size.DominatesOrEquals(size))
                {
                    if (fitting is null || s.Typical < fitting.Typical) fitting = s;
                }
                else if (fitting is null && size.DominatesOrEquals(s.Size) && (growing is null || s.Typical > growing.Typical))
                {
                    growing = s;
                }
            }
            if (fitting is not null) return fitting;
            // Growing a free slot costs less than a new one.
            if (growing is not null)
            {
                growing.Size = size;
                growing.Typical = TypicalOf(size);
                return growing;
            }
            slots.Add(new Slot(size));
            return slots[slots.Count - 1];
        }
    }
}
