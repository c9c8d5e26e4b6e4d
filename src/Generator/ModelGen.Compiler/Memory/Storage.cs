namespace ModelGen.Compiler.Memory;

/// <summary>Where a value lives.</summary>
internal enum StorageKind
{
    /// <summary>A span that the caller passed in; <see cref="Storage.Name"/> is the C# parameter.</summary>
    Input,

    /// <summary>A span that the caller wants filled.</summary>
    Output,

    /// <summary>The arena of weights and states.</summary>
    Parameters,

    /// <summary>The arena of gradients, laid out like the weights.</summary>
    Gradients,

    /// <summary>Where a loop keeps the output <see cref="Storage.Name"/> of one step.</summary>
    Step,

    /// <summary>What a decoding session keeps of earlier positions.</summary>
    Cache,

    /// <summary>The number that the loss is multiplied by.</summary>
    LossScale,

    /// <summary>Weights once more, as an inference program reads them.</summary>
    Panels,

    /// <summary>The step's own memory.</summary>
    Workspace,
}

/// <param name="Kind">Which memory.</param>
/// <param name="Name">The caller's parameter, for inputs and outputs.</param>
/// <param name="Offset">First element, for arenas and workspace.</param>
internal sealed record Storage(StorageKind Kind, string Name, Dim Offset);
