using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;

namespace ModelGen.Execution;

/// <summary>Writes a safetensors file so that a reader sees the old file or the whole new one, never a part.</summary>
internal static class SafetensorsWriter
{
    /// <param name="path">The file to write or replace.</param>
    /// <param name="metadata">Text by key, for the header.</param>
    /// <param name="tensors">Names, shapes and, when asked, the elements.</param>
    /// <param name="format">What elements are rounded to.</param>
    /// <exception cref="IOException">There is no such folder, or the file cannot be written; the old one is as it was.</exception>
    public static void Write<T>(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, int[] Shape, Func<T[]> Values)> tensors, StorageFormat format = StorageFormat.Precision)
        where T : unmanaged, INumberBase<T>
    {
        string full = Target(path), folder = Path.GetDirectoryName(full)!;
        // In the same folder: a rename across file systems is not atomic.
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                // Before there is anything to read: who may not read the old file never reads the new one.
                if (!OperatingSystem.IsWindows() && File.Exists(full)) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(full));
                WriteHeader<T>(stream, metadata, tensors, format);
                foreach (var tensor in tensors) WriteValues(stream, tensor.Values(), format);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            Delete(temporary);
            // The system's message names the temporary file, which the caller does not know.
            if (e is IOException or UnauthorizedAccessException) throw new IOException($"'{path}' cannot be written: {e.Message}", e);
            throw;
        }
    }

    // The file that a path means; that of a link stays where it is, and the link a link.
    static string Target(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
        if (Directory.Exists(file.FullName)) throw new IOException($"'{path}' cannot be written: it is a folder.");
        if (!Directory.Exists(file.DirectoryName)) throw new DirectoryNotFoundException($"'{path}' cannot be written: there is no folder '{file.DirectoryName}'.");
        return file.FullName;
    }

    static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong before is what the caller has to know.
        }
    }

    static unsafe void WriteHeader<T>(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, int[] Shape, Func<T[]> Values)> tensors, StorageFormat format)
        where T : unmanaged
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, shape, _) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", format switch { StorageFormat.BFloat16 => "BF16", StorageFormat.Float16 => "F16", _ => sizeof(T) == 8 ? "F64" : "F32" });
                json.WriteStartArray("shape");
                foreach (int size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += shape.Aggregate((long)Size<T>(format), (a, b) => a * b);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8 keep the data aligned for readers that map the file.
        int padding = (8 - (buffer.WrittenCount % 8)) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, buffer.WrittenCount + padding);
        stream.Write(length);
        stream.Write(buffer.WrittenSpan);
        for (int i = 0; i < padding; i++) stream.WriteByte((byte)' ');
    }

    static unsafe int Size<T>(StorageFormat format) where T : unmanaged => format == StorageFormat.Precision ? sizeof(T) : 2;

    static void WriteValues<T>(Stream stream, T[] values, StorageFormat format) where T : unmanaged, INumberBase<T>
    {
        int size = Size<T>(format);
        var buffer = new byte[Math.Min(values.LongLength * size, 1 << 20)];
        int filled = 0;
        foreach (var value in values)
        {
            if (format == StorageFormat.Float16) BinaryPrimitives.WriteHalfLittleEndian(buffer.AsSpan(filled), (Half)float.CreateTruncating(value));
            else if (format == StorageFormat.BFloat16) BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(filled), (ushort)(BitConverter.SingleToUInt32Bits((float)(BFloat16)float.CreateTruncating(value)) >> 16));
            else if (size == 8) BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(filled), double.CreateTruncating(value));
            else BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(filled), float.CreateTruncating(value));
            filled += size;
            if (filled < buffer.Length) continue;
            stream.Write(buffer);
            filled = 0;
        }
        stream.Write(buffer.AsSpan(0, filled));
    }
}
