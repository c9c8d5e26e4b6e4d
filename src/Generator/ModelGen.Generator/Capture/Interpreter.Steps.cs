using System.Globalization;
using ModelGen.Compiler.Surface;

namespace ModelGen.Generator.Capture;

// foreach (var step in x.Steps(1)): the one loop that stays a loop. Its body is interpreted for one step that stands for all of them.
internal sealed partial class Interpreter
{
    Value Steps(TensorValue tensor, Value[] arguments, IOperation at, Frame frame)
    {
        if (Integer(arguments[0], "The axis of 'Steps'", at, frame) is not int axis) return Value.Poison;
        try
        {
            return new StepsValue(tensor, Compiler.Surface.Call.Axis("Steps", axis, tensor.Node.Shape, "axis"), reverse: false);
        }
        catch (ModelException e)
        {
            return Refuse(e, at, frame, layer: null);
        }
    }

    Flow ForEachStep(IForEachLoopOperation loop, StepsValue steps, Frame frame)
    {
        if (Recorder is not { } recorder || loop.LoopControlVariable is not IVariableDeclaratorOperation variable)
        {
            Refuse(Rules.Construct, "The steps of a tensor are read by 'foreach (var step in x.Steps(axis))' inside a compiled method.", loop.LoopControlVariable, frame);
            return Flow.Next;
        }

        // A trial run finds what the body changes; nothing of it stays but its problems.
        var before = Surroundings.Of(frame);
        int known = problems.Count;
        var mark = recorder.Mark;
        Body(recorder.BeginScan(steps.Tensor, steps.Axis, steps.Reverse));
        var changes = before.Changes();
        before.Restore();
        recorder.RollBack(mark);
        if (problems.Count > known || !CanBeCarried(changes, loop, frame))
        {
            foreach (var change in changes) change.Set(Value.Poison);
            return Flow.Next;
        }

        if (changes.Count == 0) return Flow.Next;   // it does nothing

        // In earnest: what it changes is carried from step to step, what it collects is given by each step.
        recorder.Begin(loop.Collection, frame);
        var step = recorder.BeginScan(steps.Tensor, steps.Axis, steps.Reverse);
        foreach (var change in changes.Where(c => c.List is null)) change.Set(Map(change.Old!, first => recorder.Carry(first, change.Name)));
        Body(step);
        var next = changes.Where(c => c.List is null).SelectMany(c => Leaves(c.Get())).ToArray();
        var lists = changes.Where(c => c.List is not null).ToArray();
        var each = lists.Select(c => (TensorValue)c.List!.Items[c.List.Items.Count - 1]).ToArray();
        before.Restore();
        if (problems.Count > known) return Flow.Next;
        TensorValue scan;
        try
        {
            scan = recorder.EndScan(next, each);
        }
        catch (ModelException e)
        {
            Refuse(e, loop.Collection, frame, layer: null);
            recorder.RollBack(mark);
            foreach (var change in changes) change.Set(Value.Poison);
            return Flow.Next;
        }

        // From here on the variables hold the last values, and the lists one tensor for each step, in the order in which they came.
        int result = 0;
        foreach (var change in changes.Where(c => c.List is null))
        {
            change.Set(Map(change.Old!, _ => recorder.ScanResult(scan, result++)));
            NameTensor(change.Get(), change.Name);
        }
        foreach (var list in lists)
        {
            Value all = recorder.ScanResult(scan, result++);
            // The list is in the order of the steps as they came, the result in that of the tensor.
            if (steps.Reverse) all = Record("Flip", [all, new Sequence([Int(0)])], loop.Collection, frame);
            if (all is not TensorValue tensor) continue;
            recorder.Name(tensor, list.Name);
            list.List!.Items.Add(new StepResults(tensor));
        }
        return Flow.Next;

        void Body(TensorValue item)
        {
            var outer = frame.Scope;
            frame.Scope = new Scope(outer);
            frame.Scope.Declare(variable.Symbol, item);
            NameTensor(item, variable.Symbol.Name);
            var flow = Execute(loop.Body, frame);
            frame.Scope = outer;
            if (flow is Flow.Break or Flow.Return) Refuse(Rules.Construct,
                $"A loop over the steps of a tensor runs through all of them: how many there are may be known only at run time. Leave out '{(flow == Flow.Break ? "break" : "return")}', or mask what is not wanted with Tensor.Where.", loop.Body, frame);
        }
    }

    // [T, ...] with the axis of the steps where it is wanted.
    Value StackSteps(StepResults steps, Value position, IOperation at, Frame frame)
    {
        if (Integer(position, "The axis of 'Stack'", at, frame) is not int axis) return Value.Poison;
        int rank = steps.All.Node.Shape.Rank;
        if (axis < -rank || axis >= rank) return Refuse(Rules.Axis, $"'Stack' of the steps makes a tensor with {rank} axes, so the new axis is 0..{rank - 1}, or -{rank}..-1 from the end, but it is {axis}.", at, frame);
        int to = axis < 0 ? axis + rank : axis;
        if (to == 0) return steps.All;
        var axes = Enumerable.Range(1, rank - 1).ToList();
        axes.Insert(to, 0);
        return Record("Permute", [steps.All, new Sequence(axes.Select(a => (Value)Int(a)))], at, frame);
    }

    bool CanBeCarried(IReadOnlyList<Change> changes, IForEachLoopOperation loop, Frame frame)
    {
        foreach (var change in changes)
        {
            string? message = change switch
            {
                { List: { } list } when list.Items.Count > 0 || change.Added is not [TensorValue] =>
                    $"A list that collects what each step gives is empty before the loop and gets one tensor in each step; '{change.Name}' {(list.Items.Count > 0 ? "is not empty" : $"gets {change.Added.Count} items")}.",
                { List: not null } => null,
                { Old: null } => $"'{change.Name}' is changed by a step of the loop; only local variables that hold tensors, and lists that collect them, can be carried from step to step.",
                { Old.IsPoison: true } => null,
                _ when AreAlike(change.Old, change.New) => null,
                { Old: TensorValue or TupleValue } => $"'{change.Name}' changes its kind from step to step; it must hold the same number of tensors before and after each.",
                _ => $"'{change.Name}' changes from step to step, but is no tensor; a loop over the steps of a tensor carries tensors only, and each must have a value before the loop.",
            };
            if (message is null) continue;
            Refuse(Rules.Construct, message, loop.Collection, frame);
            return false;
        }
        return true;
    }

    // Tensors where there were tensors, and all else as it was.
    static bool AreAlike(Value? a, Value? b) => (a, b) switch
    {
        (TensorValue x, TensorValue y) => x.Node.DType.IsFloat() && y.Node.DType.IsFloat(),
        (TupleValue x, TupleValue y) => x.Items.Length == y.Items.Length && x.Items.Zip(y.Items, (i, j) => ReferenceEquals(i, j) || AreAlike(i, j)).All(alike => alike),
        (Const x, Const y) => Equals(x.Content, y.Content),
        _ => false,
    };

    static IEnumerable<TensorValue> Leaves(Value value) => value switch
    {
        TensorValue tensor => [tensor],
        TupleValue tuple => tuple.Items.SelectMany(Leaves),
        _ => [],
    };

    static Value Map(Value value, Func<TensorValue, Value> of) => value switch
    {
        TensorValue tensor => of(tensor),
        TupleValue tuple => new TupleValue(tuple.Items.Select(i => Map(i, of)).ToArray()),
        _ => value,
    };
}
