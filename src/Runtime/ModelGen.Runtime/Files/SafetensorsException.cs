namespace ModelGen;

/// <summary>A safetensors file is damaged, or does not fit the model. The message names the file, the tensor, what was expected and what was found.</summary>
public sealed class SafetensorsException : IOException
{
    internal SafetensorsException(string path, string what, Exception? inner = null) : base($"'{path}': {what}", inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
