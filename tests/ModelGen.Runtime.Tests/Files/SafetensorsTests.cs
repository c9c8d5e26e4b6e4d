using System.Buffers.Binary;
using System.Text;
using ModelGen.Execution;
using ModelGen.Runtime.Tests.State;

namespace ModelGen.Runtime.Tests.Files;

public sealed class SafetensorsTests : IDisposable
{
    static readonly ModelLayout Layout = Layouts.Of("Net",
        Layouts.Weight("fc.weight", [2, 3], storageAxes: [1, 0]), Layouts.Weight("fc.bias", [2]), Layouts.Running("norm.running_mean", [2], 0));

    readonly string folder = Directory.CreateTempSubdirectory("modelgen-files-").FullName;
    string File => Path.Combine(folder, "net.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WhatIsSavedIsLoaded()
    {
        using var a = new ModelState<float>(Layout);
        using var b = new ModelState<float>(Layout);
        a.Initialize(5);
        a.Save(File);
        a.Save(File);   // replaces
        Assert.Equal([File], Directory.GetFiles(folder));
        b.Load(File);
        foreach (var p in a.Parameters) Assert.Equal(p.Values.ToArray(), b.Parameters[p.Name].Values.ToArray());
    }

    [Fact]
    public void TheBytesAreTheFormatsBytes()
    {
        using var state = new ModelState<float>(Layout);
        state.Parameters["fc.weight"].Values.CopyFrom([1f, 2, 3, 4, 5, 6]);
        state.Save(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        Assert.StartsWith("{\"__metadata__\":{\"format\":\"pt\",\"producer\":\"ModelGen\",\"model\":\"Net\"},\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}",
            Encoding.UTF8.GetString(bytes, 8, (int)header));
        for (int i = 0; i < 6; i++) Assert.Equal(i + 1, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + (int)header + (4 * i))));
    }

    [Fact]
    public void WideningIsExactAndNarrowingIsRefused()
    {
        using var narrow = new ModelState<float>(Layout);
        using var wide = new ModelState<double>(Layout);
        narrow.Initialize(3);
        narrow.Save(File);
        wide.Load(File);
        Assert.Equal(narrow.Parameters[0].Values.ToDoubleArray(), wide.Parameters[0].Values.ToDoubleArray());
        wide.Save(File);
        Assert.Contains("'fc.weight' is F64, but the model is float32", Assert.Throws<SafetensorsException>(() => narrow.Load(File)).Message);
    }

    [Fact]
    public void FilesOf16BitsAreLoaded()
    {
        Write("{\"fc.weight\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[0,12]},\"fc.bias\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[12,16]},\"norm.running_mean\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}}", 24);
        var bytes = System.IO.File.ReadAllBytes(File);
        ushort[] written = [0x3f80, 0xc000, 0x4049, 0x0000, 0x8000, 0x7f7f, 0x3c00, 0xd640];
        for (int i = 0; i < written.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 24 + (2 * i)), written[i]);
        System.IO.File.WriteAllBytes(File, bytes);
        using var state = new ModelState<float>(Layout);
        state.Load(File);
        Assert.Equal([1f, -2, 3.140625f, 0, -0f, 3.3895314e38f], state.Parameters["fc.weight"].Values.ToArray());
        Assert.Equal([1f, -100], state.Parameters["fc.bias"].Values.ToArray());
        using var wide = new ModelState<double>(Layout);
        wide.Load(File);
        Assert.Equal([1.0, -100], wide.Parameters["fc.bias"].Values.ToDoubleArray());
    }

    [Theory]
    [InlineData(StorageFormat.BFloat16, "BF16", 0x4049)]
    [InlineData(StorageFormat.Float16, "F16", 0x4248)]
    public void WeightsAreSavedIn16BitsOnRequest(StorageFormat format, string name, int bits)
    {
        using var state = new ModelState<float>(Layout);
        state.Parameters["fc.weight"].Values.CopyFrom([3.1415926f, 2, 3, 4, 5, 6]);
        state.Parameters.Save(File, format);
        var bytes = System.IO.File.ReadAllBytes(File);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Contains("\"fc.weight\":{\"dtype\":\"" + name + "\",\"shape\":[2,3],\"data_offsets\":[0,12]}", Encoding.UTF8.GetString(bytes, 8, header));
        Assert.Equal(8 + header + 20, bytes.Length);
        Assert.Equal(bits, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8 + header)));
        state.Load(File);
        Assert.Equal([3.140625f, 2, 3, 4, 5, 6], state.Parameters["fc.weight"].Values.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Parameters.Save(File, (StorageFormat)9));
    }

    const string Weight = "\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}";
    const string Bias = "\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}";
    const string Mean = "\"norm.running_mean\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[32,40]}";

    [Fact]
    public void PyTorchsBatchCounterIsPassedOver()
    {
        Write("{" + Weight + "," + Bias + "," + Mean + ",\"norm.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[40,48]}}   ", 48);
        using var state = new ModelState<float>(Layout);
        state.Load(File);
        Assert.Equal(0, state.Parameters[0].Values[0]);
    }

    [Theory]
    [InlineData("{" + Weight + "," + Bias + "}", 32, "tensor 'norm.running_mean' [2] is missing")]
    [InlineData("{" + Weight + "," + Bias + "," + Mean + ",\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[40,44]}}", 44, "tensor 'x' [1] is not in the model")]
    [InlineData("{\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}," + Bias + "," + Mean + "}", 40, "'fc.weight' is [2, 3] in the model, but [3, 2] in the file")]
    [InlineData("{\"fc.weight\":{\"dtype\":\"I32\",\"shape\":[2,3],\"data_offsets\":[0,24]}," + Bias + "," + Mean + "}", 40, "element type I32")]
    [InlineData("{" + Weight + "," + Weight + "}", 24, "names 'fc.weight' twice")]
    [InlineData("{" + Weight + "}", 20, "truncated")]
    [InlineData("{" + Weight + "}", 28, "too long")]
    [InlineData("{" + Weight + ",\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}}", 24, "neither overlap nor leave holes")]
    [InlineData("{" + Weight + ",\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[28,36]}}", 36, "begins at byte 28 of the data, expected 24")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "before it begins")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "whole numbers from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "whole numbers from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,10]}}", 10, "whole numbers from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0, "impossible shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "takes 12 bytes, but its offsets 0 to 8 give it 8")]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "unknown element type 'F33'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8, "1 data offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "lacks 'data_offsets'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'dtype' twice")]
    [InlineData("{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "twice or null")]
    [InlineData("{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "not valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}", 8, "whole numbers")]
    [InlineData("{\"a\":[]}", 0, "must be an object")]
    [InlineData("{\"__metadata__\":{\"x\":1}}", 0, "may hold text only")]
    [InlineData("[]", 0, "does not begin with '{'")]
    [InlineData("{\"a\":", 0, "not valid JSON")]
    [InlineData("{} x", 0, "not valid JSON")]
    [InlineData("", 0, "does not begin with '{'")]
    public void HostileFilesChangeNothing(string json, int dataBytes, string message)
    {
        Write(json, dataBytes);
        ExpectRefusal(message);
    }

    [Fact]
    public void HostileLengthsAllocateNothing()
    {
        System.IO.File.WriteAllBytes(File, [1, 2, 3]);
        ExpectRefusal("the file has 3 bytes");
        System.IO.File.WriteAllBytes(File, [255, 255, 255, 255, 255, 255, 255, 255, 1]);
        ExpectRefusal("more than the 100000000");
        System.IO.File.WriteAllBytes(File, [0, 225, 245, 5, 0, 0, 0, 0, 1]);   // 100 000 000
        ExpectRefusal("only 1 follow");
        Write("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4);
        ExpectRefusal("not valid JSON");
        Write(string.Concat(Enumerable.Repeat("{\"a\":", 100)), 0);
        ExpectRefusal("unknown key");
        using var state = new ModelState<float>(Layout);
        Assert.ThrowsAny<IOException>(() => state.Load(Path.Combine(folder, "missing")));
        state.BeginTraining("TrainStep");   // a failed load gave the model back
        state.EndTraining();
    }

    [Fact]
    public void AFailedSaveKeepsTheOldFile()
    {
        using var state = new ModelState<float>(Layout);
        state.Save(File);
        var before = System.IO.File.ReadAllBytes(File);
        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write<float>(File, new Dictionary<string, string>(), [("a", [1], () => throw new IOException("disk"))]));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_place_where_no_file_can_be_is_named()
    {
        using var state = new ModelState<float>(Layout);
        string missing = Path.Combine(folder, "runs", "net.safetensors");
        var error = Assert.Throws<DirectoryNotFoundException>(() => state.Save(missing));
        Assert.Equal($"'{missing}' cannot be written: there is no folder '{Path.Combine(folder, "runs")}'.", error.Message);
        Assert.Contains($"'{folder}' cannot be written: it is a folder", Assert.Throws<IOException>(() => state.Save(folder)).Message, StringComparison.Ordinal);
        var full = Assert.Throws<IOException>(() => SafetensorsWriter.Write<float>(File, new Dictionary<string, string>(), [("a", [1], () => throw new IOException("the disk is full"))]));
        Assert.Equal($"'{File}' cannot be written: the disk is full", full.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    /// <summary>When the folder is gone meanwhile, the temporary file cannot be deleted either; that is not what went wrong.</summary>
    [Fact]
    public void The_first_error_is_the_one_that_is_told()
    {
        string lost = Directory.CreateDirectory(Path.Combine(folder, "lost")).FullName;
        var error = Assert.Throws<IOException>(() => SafetensorsWriter.Write<float>(Path.Combine(lost, "net"), new Dictionary<string, string>(), [("a", [1], () =>
        {
            Directory.Delete(lost, recursive: true);
            throw new IOException("the disk is full");
        })]));
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_stays_a_link_and_a_file_keeps_its_mode()
    {
        if (OperatingSystem.IsWindows()) return;   // links need a privilege there, and there are no modes
        using var state = new ModelState<float>(Layout);
        string link = Path.Combine(folder, "latest");
        System.IO.File.CreateSymbolicLink(link, "net.safetensors");
        state.Save(link);   // to a file that is not there yet
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;
        System.IO.File.SetUnixFileMode(File, mode);
        state.Initialize(5);
        state.Save(link);
        Assert.Equal("net.safetensors", new FileInfo(link).LinkTarget);
        Assert.Equal(mode, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([link, File], Directory.GetFileSystemEntries(folder).Order());
        using var read = new ModelState<float>(Layout);
        read.Load(File);
        Assert.Equal(state.Parameters[0].Values.ToArray(), read.Parameters[0].Values.ToArray());
    }

    [Fact]
    public void RandomDamageIsRefusedOrHarmless()
    {
        using var state = new ModelState<float>(Layout);
        state.Save(File);
        var good = System.IO.File.ReadAllBytes(File);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(good) + 8;
        var random = new Random(11);
        for (int i = 0; i < 500; i++)
        {
            var bad = (byte[])good.Clone();
            for (int k = random.Next(1, 4); k > 0; k--) bad[random.Next(header)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File, random.Next(4) == 0 ? bad[..random.Next(bad.Length)] : bad);
            var before = state.Parameters.Select(p => p.Values.ToArray()).ToArray();
            try
            {
                state.Load(File);   // damage in the metadata's text is no damage
            }
            catch (SafetensorsException)
            {
                Assert.Equal(before, state.Parameters.Select(p => p.Values.ToArray()).ToArray());
            }
        }
    }

    void ExpectRefusal(string message)
    {
        using var state = new ModelState<float>(Layout);
        var before = state.Parameters.Select(p => p.Values.ToArray()).ToArray();
        var error = Assert.Throws<SafetensorsException>(() => state.Load(File));
        Assert.Contains(message, error.Message);
        Assert.Contains(File, error.Message);
        Assert.Equal(before, state.Parameters.Select(p => p.Values.ToArray()).ToArray());
    }

    void Write(string json, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        System.IO.File.WriteAllBytes(File, bytes);
    }
}
