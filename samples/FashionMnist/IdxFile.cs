using System.Buffers.Binary;
using System.IO.Compression;

namespace FashionMnist;

/// <summary>The bytes of an array in the IDX format of the MNIST family (http://yann.lecun.com/exdb/mnist/), plain or compressed with gzip.</summary>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Data">The elements, row-major.</param>
sealed record IdxFile(int[] Shape, byte[] Data)
{
    // Far more than any file of the family; a wrong header must not ask for all memory.
    const long Largest = 1L << 30;

    /// <exception cref="InvalidDataException">The file is no IDX file of bytes with that many axes, or is too short or too long.</exception>
    public static IdxFile Read(string path, int axes)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            // Two zero bytes, the element type (8: unsigned byte), the number of axes; then the sizes, big-endian.
            Span<byte> header = stackalloc byte[4 + (4 * axes)];
            stream.ReadExactly(header);
            if (header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != axes) throw new InvalidDataException(
                $"{path} is no IDX file of bytes with {axes} axes: it begins with {Convert.ToHexString(header[..4])}, expected 000008{axes:X2}.");
            var shape = new int[axes];
            long count = 1;
            for (int i = 0; i < axes; i++)
            {
                shape[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + (4 * i))..]);
                if (shape[i] < 1 || (count *= shape[i]) > Largest)
                    throw new InvalidDataException($"{path}: its header gives axis {i} the size {shape[i]}.");
            }
            var data = new byte[count];
            stream.ReadExactly(data);
            if (stream.ReadByte() >= 0) throw new InvalidDataException($"{path} is longer than the {count} elements that its header gives.");
            return new IdxFile(shape, data);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"{path} ends before all elements that its header gives.");
        }
    }
}
