namespace ModelGen.Testing;

/// <summary>The checkout that the tests run in: some of them hold committed files against what prints or describes them.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>ModelGen.sln</c>.</summary>
    public static readonly string Root = Find();

    static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ModelGen.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository: no ModelGen.sln was found in the folders above them.");
        return folder;
    }
}
