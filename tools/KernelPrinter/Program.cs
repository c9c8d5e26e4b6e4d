using ModelGen.Tools;

// dotnet run --project tools/KernelPrinter [path]: writes the micro-kernels of the runtime.
string path = args.Length > 0 ? args[0] : Path.Combine("src", "Runtime", "ModelGen.Runtime", "Kernels", "MicroKernels.g.cs");
if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
{
    Console.Error.WriteLine($"There is no folder for {path}; run this in the root of the repository, or give the path of the file.");
    return 1;
}
File.WriteAllText(path, MicroKernelPrinter.Print());
return 0;
