using System.Text;
using static ModelGen.Gpu.OpenClApi;

namespace ModelGen.Gpu;

/// <summary>A compiled program: the kernels in it, by name.</summary>
public sealed unsafe class OpenClProgram : OpenClObject
{
    const uint BuildLog = 0x1183;

    readonly OpenClContext context;

    internal OpenClProgram(OpenClContext context, string source, string options) : base(Compile(context, source, options)) => this.context = context;

    /// <summary>A kernel of the program, with arguments of its own.</summary>
    /// <exception cref="OpenClException">The program has no kernel of that name.</exception>
    public OpenClKernel Kernel(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int error;
        nint kernel;
        fixed (byte* text = OpenClContext.Utf8(name)) kernel = clCreateKernel(Handle, text, &error);
        if (error != 0) throw new OpenClException($"The OpenCL program has no kernel '{name}': {OpenClException.Describe(error)}.", error);
        GC.KeepAlive(this);
        return new OpenClKernel(context, kernel, name);
    }

    static nint Compile(OpenClContext context, string source, string options)
    {
        int error;
        nint program, device = context.Device.Id;
        var bytes = Encoding.UTF8.GetBytes(source);
        nuint length = (nuint)bytes.Length;
        fixed (byte* text = bytes) program = clCreateProgramWithSource(context.Handle, 1, &text, &length, &error);
        OpenClException.Check(error, nameof(clCreateProgramWithSource));
        fixed (byte* text = OpenClContext.Utf8(options)) error = clBuildProgram(program, 1, &device, text, 0, 0);
        GC.KeepAlive(context);
        if (error == 0) return program;
        try
        {
            nint id = context.Device.Id;   // nobody takes the address of this one
            var log = OpenClDevice.Text((capacity, value, size) => clGetProgramBuildInfo(program, id, BuildLog, capacity, value, size), nameof(clGetProgramBuildInfo));
            throw new OpenClException($"The OpenCL program does not compile on {context.Device}: {OpenClException.Describe(error)}.\n{log}", error, log);
        }
        finally
        {
            _ = clReleaseProgram(program);
        }
    }

    private protected override void Release(nint handle) => _ = clReleaseProgram(handle);
}
