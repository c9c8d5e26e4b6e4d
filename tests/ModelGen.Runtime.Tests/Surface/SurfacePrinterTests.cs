using ModelGen.SurfacePrinting;

namespace ModelGen.Runtime.Tests.Surface;

public sealed class SurfacePrinterTests
{
    [Fact]
    public void TheCommittedFilesAreWhatThePrinterPrints()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "ModelGen.sln"))) root = Path.GetDirectoryName(root);
        Assert.NotNull(root);
        foreach (var (name, text) in SurfaceFiles.Print())
        {
            string path = Path.Combine(root, name);
            Assert.True(File.ReadAllText(path) == text, $"{path} is out of date: run 'dotnet run --project tools/SurfacePrinter'.");
        }
    }
}
