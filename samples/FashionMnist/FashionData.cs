namespace FashionMnist;

/// <summary>Images of clothes, 28x28 pixels in [0, 1], and their classes.</summary>
sealed record FashionData(float[] Images, int[] Labels)
{
    public const int Pixels = 28 * 28, Classes = 10;
    public const string DefaultFolder = "/usr/share/datasets/fashion-mnist";

    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    public int Count => Labels.Length;

    public Dataset ToDataset() => new Dataset().With("image", Images, rowSize: Pixels).With("label", Labels);

    /// <summary>The files that a folder lacks; each may be there plain or as .gz.</summary>
    public static IReadOnlyList<string> Missing(string folder) =>
        [.. new[] { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" }
            .Where(name => Find(folder, name) is null)];

    /// <summary>What a person must do to have the data.</summary>
    public static string HowToGet(string folder, IReadOnlyList<string> missing) => $"""
        Fashion-MNIST is not in {folder}: {string.Join(", ", missing.Select(m => m + ".gz"))} {(missing.Count == 1 ? "is" : "are")} missing.

        To get it (31 MB, MIT licence), either
          on Debian or Ubuntu:  sudo apt-get install dataset-fashion-mnist
                                (it goes to {DefaultFolder}, where this program looks by default)
          elsewhere:            download the four .gz files from https://github.com/zalandoresearch/fashion-mnist/tree/master/data/fashion
                                into a folder, and run this program with --data FOLDER
        """;

    /// <summary>Reads one half: <c>train</c> (60,000) or <c>t10k</c> (10,000).</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or the two do not fit each other.</exception>
    public static FashionData Read(string folder, string part)
    {
        string imageFile = Find(folder, part + "-images-idx3-ubyte")!, labelFile = Find(folder, part + "-labels-idx1-ubyte")!;
        IdxFile images = IdxFile.Read(imageFile, axes: 3), labels = IdxFile.Read(labelFile, axes: 1);
        if (images.Shape[1] != 28 || images.Shape[2] != 28)
            throw new InvalidDataException($"{imageFile} has images of {images.Shape[1]}x{images.Shape[2]} pixels, expected 28x28.");
        if (images.Shape[0] != labels.Shape[0])
            throw new InvalidDataException($"{imageFile} has {images.Shape[0]} images, but {labelFile} has {labels.Shape[0]} labels.");
        int bad = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (bad >= 0) throw new InvalidDataException($"{labelFile}: label {bad} is {labels.Data[bad]}, expected 0 to {Classes - 1}.");
        return new FashionData(Array.ConvertAll(images.Data, b => b / 255f), Array.ConvertAll(labels.Data, b => (int)b));
    }

    static string? Find(string folder, string name) =>
        new[] { name + ".gz", name }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
}
