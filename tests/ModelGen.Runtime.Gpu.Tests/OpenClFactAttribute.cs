namespace ModelGen.Runtime.Gpu.Tests;

/// <summary>The OpenCL device of this machine, for tests that need one.</summary>
internal static class TestDevice
{
    /// <summary>Why there is none; null when there is one.</summary>
    public static string? Missing { get; } = Find();

    static string? Find()
    {
        try
        {
            Console.WriteLine($"OpenCL: {OpenClDevice.Default}");
            return null;
        }
        catch (OpenClException e)
        {
            Console.WriteLine("skipped: " + e.Message);
            return e.Message;
        }
    }
}

/// <summary>A test that needs an OpenCL device; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenClFactAttribute : FactAttribute
{
    public OpenClFactAttribute() => Skip = TestDevice.Missing;
}

/// <inheritdoc cref="OpenClFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenClTheoryAttribute : TheoryAttribute
{
    public OpenClTheoryAttribute() => Skip = TestDevice.Missing;
}
