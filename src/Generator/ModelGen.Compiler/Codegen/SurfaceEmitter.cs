using System.Globalization;
using ModelGen.Compiler.Codegen.Cpu;
using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>Prints the members that users call. They check their arguments, take the model for the call, and run a program.</summary>
internal sealed class SurfaceEmitter(ModelSpec model, IReadOnlyList<Step> steps, ParameterArena arena)
{
    readonly string type = model.Precision.CSharp();

    public void Emit(SourceWriter w)
    {
        Constructor(w);
        foreach (var step in steps.Where(s => s.Kind == StepKind.Predict)) Predict(w, step);
        foreach (var train in steps.Where(s => s.Kind == StepKind.Train))
            Objective(w, train, steps.First(s => s.Kind == StepKind.Evaluate && s.Function == train.Function));
        foreach (var step in steps)
            if (step.Form is { } form) new DecodingEmitter(model, step, form).Emit(w);
        State(w);
        Description(w);
        Trainable(w);
        Binding(w);
        Layout(w);
    }

    void Constructor(SourceWriter w)
    {
        w.Line($"private readonly ModelState<{type}> state = new(Layout);");
        w.Line();
        if (model.HasConstructor) return;
        w.Line("/// <summary>A new model, with weights drawn from seed 0.</summary>");
        w.Line($"public {model.Name}() => LayerVisitor.Bind(this, state.Parameters);");
        w.Line();
    }

    // Layers that the user's constructor makes are not there when the state is made. They are bound to it before its first use.
    string Bound(string state) => model.HasConstructor ? state + ".Bind(this)" : state;

    // ---- calls

    void Predict(SourceWriter w, Step step)
    {
        var call = new CallText(step, type);
        var own = call.Names;
        w.Line("/// <summary>");
        w.Line($"/// Forward, compiled for inference. The batch size follows from the lengths of the spans; any number of threads may call this at once.");
        w.Line("/// </summary>");
        foreach (var input in step.Function.Inputs) w.Line($"/// <param name=\"{input.Name}\">{input.Shape}, row-major.</param>");
        for (int i = 0; i < step.Function.OutputNames.Count; i++) w.Line($"/// <param name=\"{step.Function.OutputNames[i]}\">Receives {step.Lowered.Outputs[i].Value.Shape}.</param>");
        foreach (var symbol in call.Unsolved) w.Line($"/// <param name=\"{symbol}\">The size {symbol}, which the lengths do not determine.</param>");
        w.Line($"/// <param name=\"{own.Workspace}\">The memory for intermediate values; null takes one from the model's pool.</param>");
        w.Line("/// <exception cref=\"ArgumentException\">A length fits no batch, lengths do not fit each other, or a result shares memory with something else.</exception>");
        if (ChecksIndices(step)) w.Line(IndexException);
        if (ChecksTargets(step)) w.Line(TargetException);
        var outputs = step.Function.OutputNames.Select(n => $"Span<{call.OutputType(n)}> {n}");
        // A stream calls its own step; its users do not.
        var (access, member) = step.Stream is null ? ("public", step.Name) : ("private", step.Name + "Core");
        using (w.Block($"{access} unsafe void {member}({string.Join(", ", call.Parameters.Concat(outputs).Concat(call.SizeParameters).Append($"Workspace? {own.Workspace} = null"))})"))
        {
            call.Checks(w);
            for (int i = 0; i < step.Function.OutputNames.Count; i++)
                call.RequireLength(w, step.Function.OutputNames[i], step.Lowered.Outputs[i].Value.Shape);
            call.RequireApart(w);
            w.Line($"using var {own.Call} = {Bound(own.State)}.Read(\"{step.Name}\", {own.Workspace}, {call.WorkspaceElements});");
            call.Pin(w, step.Function.OutputNames);
            using (w.Braces()) Run(w, step, call, step.Function.OutputNames.Select(n => $"{Identifiers.Pascal(n)}Result = {n}Pointer,"));
        }
        w.Line();
        if (step.Stream is not { } form) return;
        new StreamEmitter(model.Name, step, form, type).Emit(w);
        w.Line();
    }

    void Objective(SourceWriter w, Step train, Step evaluate)
    {
        var call = new CallText(train, type);
        var own = call.Names;
        var spans = string.Join(", ", call.Parameters.Concat(call.SizeParameters));
        var names = string.Join(", ", train.Function.Inputs.Select(i => i.Name).Concat(call.Unsolved));
        var objective = train.Function.Name;
        string trainName = GeneratedMembers.Train(objective), gradientsName = GeneratedMembers.Gradients(objective), accumulateName = GeneratedMembers.Accumulate(objective), evaluateName = GeneratedMembers.Evaluate(objective);

        Doc("One training step: loss, gradients and update. Returns the loss before the update. Gradients that waited for one are discarded. Allocates nothing after the first call with a batch size.", optimizer: true);
        using (w.Block($"public {type} {trainName}({spans}, Optimizer {own.Optimizer})"))
        {
            w.Line($"ArgumentNullException.ThrowIfNull({own.Optimizer});");
            w.Line($"return {train.Name}Core(\"{trainName}\", {names}, {own.Optimizer}, null);");
        }
        w.Line();
        Doc($"The loss and its gradients, in training form, without an update: <see cref=\"Parameters\"/> then hold the gradients, in place of those that waited for an update, or none if the call fails. Changes nothing else.", optimizer: false);
        w.Line($"public {type} {gradientsName}({spans}) => {train.Name}Core(\"{gradientsName}\", {names}, null, null);");
        w.Line();
        Doc($"A training step whose update comes later: adds its gradients to those of the calls before it, until optimizer.Step(Parameters) uses them up. A call that fails adds none.", optimizer: false, weight: true);
        w.Line($"public {type} {accumulateName}({spans}, double {own.Weight} = 1) => {train.Name}Core(\"{accumulateName}\", {names}, null, {own.Weight});");
        w.Line();
        Train(w, train, call);
        new PerExampleEmitter(train, call, type).Emit(w, () => Arguments(w, train, call, train.ScalesLoss ? ["LossScale = 1,"] : Array.Empty<string>()));
        Doc("The loss in inference form: no dropout, running statistics, no gradients. May be infinite or not a number.", optimizer: false, checksLoss: false);
        Evaluate(w, evaluate, evaluateName);

        void Doc(string summary, bool optimizer, bool weight = false, bool checksLoss = true)
        {
            w.Line($"/// <summary>{summary}</summary>");
            foreach (var input in train.Function.Inputs) w.Line($"/// <param name=\"{input.Name}\">{input.Shape}, row-major.</param>");
            foreach (var symbol in call.Unsolved) w.Line($"/// <param name=\"{symbol}\">The size {symbol}, which the lengths do not determine.</param>");
            if (optimizer) w.Line($"/// <param name=\"{own.Optimizer}\">The rule of the update.</param>");
            if (weight) w.Line($"/// <param name=\"{own.Weight}\">What the gradients are multiplied by: the share of this call's rows in all rows, for their mean.</param>");
            w.Line("/// <exception cref=\"ArgumentException\">A length fits no batch, lengths do not fit each other, or a label is out of range.</exception>");
            if (ChecksIndices(train)) w.Line(IndexException);
            if (ChecksTargets(train)) w.Line(TargetException);
            if (checksLoss) w.Line("/// <exception cref=\"NonFiniteLossException\">The loss is not a number or infinite; the model is unchanged.</exception>");
        }
    }

    const string IndexException = "/// <exception cref=\"InvalidOperationException\">An index that the model computes is out of range; the model is unchanged.</exception>";

    static bool ChecksIndices(Step step) => step.Schedule.AllKernels.OfType<CallKernel>().Any(k => k.Node.Op is CheckedIndex);

    const string TargetException = "/// <exception cref=\"InvalidOperationException\">A target of Ctc has the blank, or a symbol behind its end; the model is unchanged.</exception>";

    static bool ChecksTargets(Step step) => step.Schedule.AllKernels.OfType<CallKernel>().Any(k => k.Node.Op is Ctc);

    void Train(SourceWriter w, Step step, CallText call)
    {
        var arguments = string.Join(", ", call.Parameters.Concat(call.SizeParameters));
        var own = call.Names;
        using (w.Block($"private unsafe {type} {step.Name}Core(string {own.Member}, {arguments}, Optimizer? {own.Optimizer}, double? {own.Weight})"))
        {
            call.Checks(w);
            w.Line($"using var {own.Call} = {Bound(own.State)}.Write({own.Member}, {call.WorkspaceElements});");
            w.Line($"{type}* {own.Gradients} = {own.Weight} is null ? {own.State}.Gradients : {own.State}.PartGradients;");
            w.Line($"var {own.Update} = new WeightUpdate<{type}>({own.Optimizer}, {own.Weight}, {own.State}, {own.State}.Values, {own.Gradients});");
            call.Pin(w, []);
            using (w.Braces()) Run(w, step, call, [$"Gradients = {own.Gradients},", $"Update = Unsafe.AsPointer(ref {own.Update}),", .. step.ScalesLoss ? [$"LossScale = ({type}){own.Update}.LossScale,"] : Array.Empty<string>()]);
            w.Line($"{type} {own.Loss} = {own.Call}.Workspace[{LossOffset(step)}];");
            w.Line($"if (!{type}.IsFinite({own.Loss})) throw new NonFiniteLossException({own.Loss}, {own.Member}, {own.State}.StepCount);");
            // On the stack: a params span of constants allocates where the user's code is not optimized.
            w.Line($"ReadOnlySpan<long> {own.Trained} = stackalloc long[] {{ {string.Join(", ", step.Ranges.Select(r => $"{Number(r.First)}, {Number(r.Count)}"))} }};");
            w.Line($"if (!{own.Update}.Complete({own.Trained})) return {own.Loss};");
            foreach (var (leaf, value) in step.Schedule.Graph.Updates)
                w.Line($"{own.State}.Store({Number(arena.Offset(leaf.Path))}, {own.Call}.Workspace + {step.Memory[value].Offset.ToLongCode()}, {leaf.Type.Shape.Elements.ToLongCode()});   // {leaf.Path}");
            w.Line($"{own.State}.StepCount++;");
            w.Line($"return {own.Loss};");
        }
        w.Line();
    }

    void Evaluate(SourceWriter w, Step step, string name)
    {
        var call = new CallText(step, type);
        var own = call.Names;
        using (w.Block($"public unsafe {type} {name}({string.Join(", ", call.Parameters.Concat(call.SizeParameters))})"))
        {
            call.Checks(w);
            w.Line($"using var {own.Call} = {Bound(own.State)}.Read(\"{name}\", null, {call.WorkspaceElements});");
            call.Pin(w, []);
            using (w.Braces()) Run(w, step, call, []);
            w.Line($"return {own.Call}.Workspace[{LossOffset(step)}];");
        }
        w.Line();
    }

    static string LossOffset(Step step) => step.Memory[step.Schedule.Graph.Outputs[0].Value].Offset.ToLongCode();

    void Run(SourceWriter w, Step step, CallText call, IEnumerable<string> more)
    {
        var own = call.Names;
        Arguments(w, step, call, more.Append($"Workspace = {own.Call}.Workspace,"));
        w.Line($"{step.Name}Program.Threads.Run({step.Name}Program.ForThisMachine, &{own.Arguments}, {call.Work});");
    }

    void Arguments(SourceWriter w, Step step, CallText call, IEnumerable<string> more)
    {
        var own = call.Names;
        using (w.Block($"var {own.Arguments} = new {step.Name}Program.Arguments", "};"))
        {
            call.ArgumentMembers(w);
            w.Line($"Parameters = {own.State}.Values,");
            if (step.Packing.Elements is > 0 and var panels) w.Line($"Panels = {own.State}.Packed({Number(panels)}, {step.Name}Program.PackForThisMachine),");
            foreach (var line in more) w.Line(line);
            if (IsRandom(step)) w.Line($"Seed = {own.State}.Seed, Step = {own.State}.StepCount,");
        }
    }

    /// <summary>Whether a program draws random numbers.</summary>
    internal static bool IsRandom(Step step) => step.Schedule.AllKernels.OfType<CallKernel>().Any(k => k.Call.RandomStream is not null);

    // ---- state

    void State(SourceWriter w)
    {
        w.Line("/// <summary>Every parameter by its PyTorch name, with shape, values and gradient.</summary>");
        if (model.HasConstructor) w.Line("/// <remarks>The first use of this or another generated member gives the layers, which the constructor makes, these weights. Forward before that has weights of its own.</remarks>");
        w.Line($"public ParameterSet Parameters => {Bound("state")}.Parameters;");
        w.Line();
        w.Line("/// <summary>Draws all weights again. The same seed gives the same weights, on every machine.</summary>");
        w.Line($"public void Initialize(ulong seed) => {Bound("state")}.Initialize(seed);");
        w.Line();
        w.Line("/// <summary>Writes the weights to a safetensors file, atomically.</summary>");
        w.Line($"public void Save(string path) => {Bound("state")}.Save(path);");
        w.Line();
        w.Line("/// <summary>Reads the weights from a safetensors file. A file that does not fit is an exception, and changes nothing.</summary>");
        w.Line($"public void Load(string path) => {Bound("state")}.Load(path);");
        w.Line();
    }

    void Description(SourceWriter w)
    {
        w.Line("/// <summary>Layers, shapes, parameters, kernels and memory, as known at compile time.</summary>");
        w.Line("public static ModelDescription Description => DescriptionText.Value;");
        w.Line();
        w.Line("/// <summary>The description as a table, for one batch size.</summary>");
        w.Line("public string Summary(int batch) => Description.Summary(batch);");
        w.Line();
    }

    void Trainable(SourceWriter w)
    {
        var train = steps.FirstOrDefault(s => s.Kind == StepKind.Train && s.Function.Name == "Loss");
        if (train is null) return;
        var columns = string.Join(", ", train.Function.Inputs.Select(i => $"batch.{(i.DType == DType.Int32 ? "Ints" : model.Precision == DType.Float64 ? "Doubles" : "Floats")}(\"{i.Name}\")"));
        var sizes = new CallText(train, type).Unsolved;
        if (sizes.Count > 0)
        {
            w.Line($"double ITrainable.TrainStep(Batch batch, Optimizer optimizer) => throw new NotSupportedException(\"The sizes {string.Join(", ", sizes)} do not follow from the lengths of a batch; call TrainStep yourself.\");");
            w.Line();
            w.Line($"double ITrainable.AccumulateGradients(Batch batch, double weight) => throw new NotSupportedException(\"The sizes {string.Join(", ", sizes)} do not follow from the lengths of a batch; call AccumulateGradients yourself.\");");
            w.Line();
            w.Line($"double ITrainable.Evaluate(Batch batch) => throw new NotSupportedException(\"The sizes {string.Join(", ", sizes)} do not follow from the lengths of a batch; call Evaluate yourself.\");");
        }
        else
        {
            w.Line($"double ITrainable.TrainStep(Batch batch, Optimizer optimizer) => TrainStep({columns}, optimizer);");
            w.Line();
            w.Line($"double ITrainable.AccumulateGradients(Batch batch, double weight) => AccumulateGradients({columns}, weight);");
            w.Line();
            w.Line($"double ITrainable.Evaluate(Batch batch) => Evaluate({columns});");
        }
        w.Line();
    }

    void Binding(SourceWriter w)
    {
        using (w.Block("void ILayerContainer.VisitLayers(LayerVisitor visitor)"))
            foreach (var member in model.Members) w.Line($"visitor.Visit(\"{member.Name}\", {member.Member});");
        w.Line();
    }

    void Layout(SourceWriter w)
    {
        w.Line("/// <summary>Where every weight lies.</summary>");
        w.Line($"private static readonly ModelLayout Layout = new(\"{model.Name}\",");
        w.Line("[");
        using (w.Indent())
        {
            foreach (var p in arena.Trainable.Concat(arena.Frozen)) Row(p.Path, p.LogicalShape, p.StorageAxes, p.Initializer, p.Frozen, trainable: true);
            foreach (var s in arena.States) Row(s.Path, s.Type.Shape, Enumerable.Range(0, s.Type.Shape.Rank).ToArray(), s.Initializer, frozen: false, trainable: false);
        }
        w.Line($"], elements: {Number(arena.Elements)}, trainableElements: {Number(arena.TrainableElements)}{(model.Storage is { } storage ? $", storage: StorageFormat.{storage}" : "")});");

        void Row(string path, Shape shape, IReadOnlyList<int> axes, Initializer init, bool frozen, bool trainable) => w.Line(
            $"new ParameterLayout(\"{path}\", Shape: [{List(shape.Select(d => d.ToCode()))}], StorageAxes: [{List(axes.Select(a => a.ToString(CultureInfo.InvariantCulture)))}], Offset: {Number(arena.Offset(path))}, " +
            $"InitializerKind.{init.Kind}, {Real(init.A)}, {Real(init.B)}, Frozen: {(frozen ? "true" : "false")}, Trainable: {(trainable ? "true" : "false")}),");
    }

    static string List(IEnumerable<string> items) => string.Join(", ", items);
    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
