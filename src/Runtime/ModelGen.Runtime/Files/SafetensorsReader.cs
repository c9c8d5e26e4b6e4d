using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace ModelGen.Execution;

/// <summary>An open safetensors file whose header has been checked.</summary>
internal sealed class SafetensorsReader : IDisposable
{
    readonly SafeFileHandle file;
    readonly string path;

    /// <exception cref="SafetensorsException">The file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SafetensorsReader(string path)
    {
        this.path = path;
        file = File.OpenHandle(path);
        try
        {
            long length = RandomAccess.GetLength(file);
            Span<byte> prefix = stackalloc byte[8];
            int got = ReadAll(prefix, 0);
            var json = new byte[SafetensorsHeader.Length(path, prefix[..got], length)];
            if (ReadAll(json, 8) < json.Length) throw new SafetensorsException(path, "the file became shorter while it was read.");
            (Entries, Metadata) = SafetensorsHeader.Parse(path, json, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The texts of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The elements of a tensor of 16-, 32- or 64-bit floating-point numbers.</summary>
    public T[] Read<T>(SafetensorsEntry entry) where T : unmanaged, INumberBase<T>
    {
        int size = entry.DType switch { "F64" => 8, "F32" => 4, _ => 2 };
        var values = new T[checked((int)(entry.Bytes / size))];
        var buffer = new byte[(int)Math.Min(entry.Bytes, 1 << 20)];
        for (long done = 0; done < entry.Bytes;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Bytes - done));
            if (ReadAll(part, entry.Begin + done) < part.Length) throw new SafetensorsException(path, "the file became shorter while it was read.");
            int first = (int)(done / size);
            for (int i = 0; i < part.Length / size; i++)
                values[first + i] = entry.DType switch
                {
                    "F64" => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(part[(i * 8)..])),
                    "F32" => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(part[(i * 4)..])),
                    "F16" => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(part[(i * 2)..])),
                    // The upper half of a float32.
                    _ => T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(part[(i * 2)..]) << 16)),
                };
            done += part.Length;
        }
        return values;
    }

    public void Dispose() => file.Dispose();

    int ReadAll(Span<byte> destination, long offset)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int got = RandomAccess.Read(file, destination[done..], offset + done);
            if (got == 0) break;
            done += got;
        }
        return done;
    }
}
