namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>Prints the strided copies of a permute, slice, pad or concat.</summary>
internal sealed class CopyEmitter(CopyKernel kernel, KernelSignature signature, string name, DType precision)
{
    readonly string type = kernel.Node.Stored.CSharp();

    public void Emit(SourceWriter w)
    {
        var y = signature.Pointer(kernel.Node);
        using var method = w.Block($"public static void {name}<V>(Team team, {signature.Parameters}) {LoopEmitter.Generics(precision.CSharp())}");
        if (kernel.Clear)
        {
            w.Line($"StridedCopy.Clear(team, {y}, {kernel.Node.Shape.Elements.ToCode()});");
            w.Line("team.Barrier();");
        }
        foreach (var piece in kernel.Pieces)
        {
            var x = signature.Pointer(Views.Root(kernel.Node.Inputs[piece.Input]));
            w.Line($"StridedCopy.Copy<{type}>(team, [{List(piece.Sizes)}], [{List(piece.SourceStrides)}], [{List(piece.TargetStrides)}], {Moved(x, piece.SourceOffset)}, {Moved(y, piece.TargetOffset)});");
        }
    }

    static string Moved(string pointer, Dim offset) => offset.IsZero ? pointer : $"{pointer} + {offset.ToCode()}";

    static string List(IEnumerable<Dim> dims) => string.Join(", ", dims.Select(d => d.ToCode()));
}
