using ModelGen.SurfacePrinting;

// Run from anywhere inside the repository: dotnet run --project tools/SurfacePrinter
string? root = Directory.GetCurrentDirectory();
while (root is not null && !File.Exists(Path.Combine(root, "ModelGen.sln"))) root = Path.GetDirectoryName(root);
if (root is null)
{
    Console.Error.WriteLine("Run this inside the repository: no ModelGen.sln was found in the current folder or above it.");
    return 1;
}
foreach (var (name, text) in SurfaceFiles.Print())
{
    string path = Path.Combine(root, name);
    bool changed = !File.Exists(path) || File.ReadAllText(path) != text;
    if (changed) File.WriteAllText(path, text);
    Console.WriteLine($"{(changed ? "written  " : "unchanged")} {Path.GetRelativePath(root, path)}");
}
return 0;
