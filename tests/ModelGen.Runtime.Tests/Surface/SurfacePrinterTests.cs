using ModelGen.SurfacePrinting;
using ModelGen.Testing;

namespace ModelGen.Runtime.Tests.Surface;

public sealed class SurfacePrinterTests
{
    [Fact]
    public void TheCommittedFilesAreWhatThePrinterPrints()
    {
        foreach (var (name, text) in SurfaceFiles.Print())
        {
            string path = Path.Combine(Repository.Root, name);
            Assert.True(File.ReadAllText(path) == text, $"{path} is out of date: run 'dotnet run --project tools/SurfacePrinter'.");
        }
    }
}
