using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace ModelGen.Execution;

/// <summary>One tensor of a file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="DType">As the format spells it: F32, F64, I64, ...</param>
/// <param name="Shape">The sizes of its axes.</param>
/// <param name="Begin">Its first byte, from the start of the file.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long Bytes)
{
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}

/// <summary>
/// The header of a safetensors file: eight bytes of length, JSON, then the tensors' bytes without gaps
/// (https://github.com/huggingface/safetensors#format). A file may come from anywhere, so nothing in it is believed: every offset
/// is checked against the shape, its neighbours and the end of the file before a byte is read.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The limit of the format's own reader; it keeps a hostile length from allocating.</summary>
    public const long LongestHeader = 100_000_000;

    /// <param name="path">The file, for messages.</param>
    /// <param name="prefix">The first eight bytes, fewer when the file is shorter.</param>
    /// <param name="fileLength">The file's length in bytes.</param>
    /// <returns>The length of the JSON.</returns>
    public static int Length(string path, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < 8) throw Bad(path, $"the file has {fileLength} bytes, but a safetensors file starts with 8 bytes of header length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader) throw Bad(path, $"the header claims {Text(length)} bytes, more than the {LongestHeader} that are allowed; this is no safetensors file");
        if ((long)length > fileLength - 8) throw Bad(path, $"the header claims {Text(length)} bytes, but only {fileLength - 8} follow; the file is truncated");
        return (int)length;
    }

    /// <summary>The tensors, and the texts of the header by key.</summary>
    public static (IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        List<SafetensorsEntry> entries;
        try
        {
            entries = ParseEntries(path, json, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Bad(path, "the header is not valid JSON: " + e.Message, e);
        }
        long data = 8 + json.Length;
        CheckPlaces(path, entries, fileLength - data);
        return (entries.ConvertAll(e => e with { Begin = e.Begin + data }), metadata);
    }

    static List<SafetensorsEntry> ParseEntries(string path, ReadOnlySpan<byte> json, Dictionary<string, string> metadata)
    {
        if (json.IsEmpty || json[0] != '{') throw Bad(path, "the header does not begin with '{'");
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name)) throw Bad(path, $"the header names '{name}' twice");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw Bad(path, $"'{name}' must be an object in the header, but is {reader.TokenType}");
            if (name == "__metadata__") ReadMetadata(path, ref reader, metadata);
            else entries.Add(ParseEntry(path, name, ref reader));
        }
        while (reader.Read()) { }   // trailing bytes other than white space throw here
        return entries;
    }

    static void ReadMetadata(string path, ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Bad(path, $"'__metadata__' may hold text only, but holds {reader.TokenType}");
            metadata[key] = reader.GetString()!;
        }
    }

    static SafetensorsEntry ParseEntry(string path, string name, ref Utf8JsonReader reader)
    {
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            bool isNew = key switch
            {
                "dtype" => type is null && (type = reader.GetString()) is not null,
                "shape" => shape is null && (shape = Numbers(path, name, key, ref reader)) is not null,
                "data_offsets" => offsets is null && (offsets = Numbers(path, name, key, ref reader)) is not null,
                _ => throw Bad(path, $"tensor '{name}' has the unknown key '{key}'"),
            };
            if (!isNew) throw Bad(path, $"tensor '{name}' has '{key}' twice or null");
        }
        if (type is null || shape is null || offsets is null) throw Bad(path, $"tensor '{name}' lacks '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'");
        if (offsets.Count != 2) throw Bad(path, $"tensor '{name}' has {offsets.Count} data offsets, expected 2");
        if (offsets[1] < offsets[0]) throw Bad(path, $"tensor '{name}' ends at byte {offsets[1]}, before it begins at {offsets[0]}");
        return new SafetensorsEntry(name, type, [.. shape], offsets[0], RequiredBytes(path, name, type, shape, offsets));
    }

    static List<long> Numbers(string path, string name, string key, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad(path, $"'{key}' of tensor '{name}' must be a list, but is {reader.TokenType}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Bad(path, $"'{key}' of tensor '{name}' must hold whole numbers from 0 to {long.MaxValue}");
            numbers.Add(number);
        }
        return numbers;
    }

    static long RequiredBytes(string path, string name, string type, List<long> shape, List<long> offsets)
    {
        int size = type switch
        {
            "F64" or "I64" or "U64" => 8,
            "F32" or "I32" or "U32" => 4,
            "F16" or "BF16" or "I16" or "U16" => 2,
            "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
            _ => throw Bad(path, $"tensor '{name}' has the unknown element type '{type}'"),
        };
        long bytes = size;
        try
        {
            foreach (long axis in shape) bytes = checked(bytes * axis);
        }
        catch (OverflowException e)
        {
            throw Bad(path, $"tensor '{name}' has the impossible shape [{string.Join(", ", shape)}]", e);
        }
        if (offsets[1] - offsets[0] != bytes) throw Bad(path,
            $"tensor '{name}' {type} [{string.Join(", ", shape)}] takes {bytes} bytes, but its offsets {offsets[0]} to {offsets[1]} give it {offsets[1] - offsets[0]}");
        return bytes;
    }

    static void CheckPlaces(string path, List<SafetensorsEntry> entries, long dataBytes)
    {
        long end = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.Bytes))
        {
            if (entry.Begin != end) throw Bad(path,
                $"tensor '{entry.Name}' begins at byte {entry.Begin} of the data, expected {end}: tensors may neither overlap nor leave holes");
            end = entry.Begin + entry.Bytes;
        }
        if (end != dataBytes) throw Bad(path, $"the tensors take {end} bytes, but {dataBytes} follow the header; the file is {(end > dataBytes ? "truncated" : "too long")}");
    }

    static SafetensorsException Bad(string path, string what, Exception? inner = null) => new(path, what + ".", inner);
    static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
