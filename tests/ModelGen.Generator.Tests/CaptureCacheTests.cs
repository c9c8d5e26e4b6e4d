using Microsoft.CodeAnalysis;
using ModelGen.Generator.Capture;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests;

/// <summary>All analyzers share one capture, and typing elsewhere needs no other.</summary>
public sealed class CaptureCacheTests
{
    const string Net = "[Model] public partial class Net { readonly Block block = new(Sizes.Width); public Tensor Forward([Shape(\"N\", 8)] Tensor x) => x.Apply(block).Relu(); }";
    const string Block = "[Layer] public partial class Block(int width) : ILayer { readonly Linear up = new(width); public Tensor Forward(Tensor t) => t.Apply(up); }";
    const string Elsewhere = "static class Sizes { public const int Width = 4; } static class Other { public static int F() { return 1; } }";

    static CaptureResult Result(Compilation compilation) => CaptureCache.Of(compilation, compilation.GetTypeByMetadataName("Net")!, default);

    [Fact]
    public void A_compilation_is_captured_once()
    {
        var project = TestCompilation.Of(Net, Block, Elsewhere);
        Assert.Same(Result(project), Result(project));
    }

    [Fact]
    public void Typing_in_another_body_needs_no_new_capture()
    {
        var project = TestCompilation.Of(Net, Block, Elsewhere);
        var first = Result(project);
        for (int i = 0; i < 3; i++)
        {
            project = (Microsoft.CodeAnalysis.CSharp.CSharpCompilation)project.Edit("Net2.cs", s => s.Replace("return 1", "return 1 + 1", StringComparison.Ordinal));
            Assert.Same(first, Result(project));
        }
    }

    [Theory]
    [InlineData("Net0.cs", ".Relu()", ".Exp()")]
    [InlineData("Net1.cs", "new(width)", "new(2 * width)")]
    [InlineData("Net2.cs", "Width = 4", "Width = 5")]
    [InlineData("Net1.cs", "t.Apply(up)", "t.Apply(up).MatMul(t)")]
    public void A_change_of_meaning_is_captured(string file, string from, string to)
    {
        var project = TestCompilation.Of(Net, Block, Elsewhere);
        var first = Result(project);
        var edited = project.Edit(file, s => s.Replace(from, to, StringComparison.Ordinal));
        var second = Result(edited);
        Assert.NotEqual(first.Spec, second.Spec);
        var fresh = ModelCapture.Run(edited, edited.GetTypeByMetadataName("Net")!, default);
        Assert.Equal(fresh.Spec, second.Spec);
        Assert.Equal(fresh.Problems.Select(p => (p.Id, p.Place)), second.Problems.Select(p => (p.Id, p.Place)));
    }
}
