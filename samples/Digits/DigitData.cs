using System.Globalization;
using System.IO.Compression;

namespace Digits;

/// <summary>The handwritten digits: pixels in [0, 1], 64 to an image, and one label each.</summary>
sealed record DigitData(float[] Images, int[] Labels)
{
    public const int Pixels = 64, Classes = 10;

    /// <summary>Reads the file of 64 pixels of 0 to 16 and a label a line.</summary>
    /// <exception cref="InvalidDataException">A line is not of that form; the message has its number.</exception>
    public static DigitData Read(string path)
    {
        var images = new List<float>();
        var labels = new List<int>();
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            var cells = line.Split(',');
            if (cells.Length != Pixels + 1)
                throw new InvalidDataException($"{path}, line {number}: expected {Pixels} pixels and a label, but there are {cells.Length} values.");
            for (int i = 0; i < Pixels; i++) images.Add(Number(cells[i], 16) / 16f);
            labels.Add(Number(cells[Pixels], Classes - 1));

            int Number(string text, int largest) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= largest
                    ? value
                    : throw new InvalidDataException($"{path}, line {number}: '{text}' is not a whole number from 0 to {largest}.");
        }
        return new DigitData([.. images], [.. labels]);
    }

    public int Count => Labels.Length;

    public ReadOnlySpan<float> Image(int index) => Images.AsSpan(index * Pixels, Pixels);

    public Dataset ToDataset() => new Dataset().With("image", Images, rowSize: Pixels).With("label", Labels);

    /// <summary>The rows whose index satisfies the condition.</summary>
    public DigitData Where(Func<int, bool> row)
    {
        var rows = Enumerable.Range(0, Count).Where(row).ToArray();
        return new DigitData([.. rows.SelectMany(r => Images[(r * Pixels)..((r + 1) * Pixels)])], [.. rows.Select(r => Labels[r])]);
    }
}
