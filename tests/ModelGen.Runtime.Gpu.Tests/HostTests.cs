namespace ModelGen.Runtime.Gpu.Tests;

/// <summary>The OpenCL host: what it says of devices, and how it fails.</summary>
public sealed class HostTests
{
    const string Scale = """
        __kernel void scale(float factor, int count, __global float* x)
        {
            int i = get_global_id(0);
            if (i < count) x[i] *= factor;
        }
        """;

    [Fact]
    public void A_machine_without_devices_lists_none_and_says_what_is_missing()
    {
        var devices = OpenClDevice.All();
        if (devices.Count > 0)
        {
            Assert.Same(typeof(OpenClDevice), OpenClDevice.Default.GetType());
            Assert.Equal([.. devices.OrderBy(d => d.Kind).Select(d => d.Kind)], devices.Select(d => d.Kind));
            return;
        }
        Assert.Contains("Install the GPU's driver", Assert.Throws<OpenClException>(() => OpenClDevice.Default).Message, StringComparison.Ordinal);
        Assert.Throws<OpenClException>(() => new OpenClContext());
    }

    [OpenClFact]
    public void A_device_describes_itself()
    {
        var device = OpenClDevice.Default;
        Assert.NotEmpty(device.Name);
        Assert.NotEmpty(device.Platform);
        Assert.StartsWith("OpenCL ", device.Version, StringComparison.Ordinal);
        Assert.True(device.UnitCount >= 1 && device.LargestGroup >= 256 && device.MemoryBytes > 1 << 20 && device.LocalMemoryBytes >= 1 << 14, device.ToString());
    }

    [OpenClFact]
    public void A_kernel_runs()
    {
        using var context = new OpenClContext();
        using var program = context.Build(Scale);
        using var kernel = program.Kernel("scale");
        using var x = context.Copy<float>([1, 2, 3, 4, 5]);
        kernel.With(0, 2f).With(1, 4).With(2, x).Run(1, 64);
        kernel.Run(0, 64);
        context.Finish();
        var result = new float[5];
        x.Read(result);
        Assert.Equal([2, 4, 6, 8, 5], result);
        x.Write([-1, -2], first: 3);
        x.Read(result);
        Assert.Equal([2, 4, 6, -1, -2], result);
    }

    [OpenClFact]
    public void An_error_in_a_program_comes_with_the_compilers_log()
    {
        using var context = new OpenClContext();
        var e = Assert.Throws<OpenClException>(() => context.Build("__kernel void broken() { int x = nowhere; }"));
        Assert.Equal(-11, e.Code);
        Assert.Contains("nowhere", e.BuildLog, StringComparison.Ordinal);
        Assert.Contains("CL_BUILD_PROGRAM_FAILURE (-11)", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(e.BuildLog, e.Message, StringComparison.Ordinal);
        // The context is as good as before.
        context.Build(Scale).Dispose();
    }

    [OpenClFact]
    public void Misuse_names_what_is_wrong()
    {
        using var context = new OpenClContext();
        using var program = context.Build(Scale);
        Assert.Contains("'shrink'", Assert.Throws<OpenClException>(() => program.Kernel("shrink")).Message, StringComparison.Ordinal);
        using var kernel = program.Kernel("scale");
        Assert.Contains("argument 7", Assert.Throws<OpenClException>(() => kernel.With(7, 1)).Message, StringComparison.Ordinal);
        using var x = context.Allocate<float>(3);
        Assert.Throws<ArgumentException>(() => x.Write([1, 2, 3], first: 1));
        Assert.Throws<ArgumentException>(() => x.Read(new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Allocate<float>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Run(1, 0));
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.Read(new float[1]));
        using var empty = context.Copy<float>([]);
        Assert.Equal(0, empty.Length);
    }
}
