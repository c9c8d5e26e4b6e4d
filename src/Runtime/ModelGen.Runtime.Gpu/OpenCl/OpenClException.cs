namespace ModelGen.Gpu;

/// <summary>OpenCL is missing, or refused a call.</summary>
public sealed class OpenClException : Exception
{
    internal OpenClException(string message, int code = 0, string buildLog = "") : base(message) => (Code, BuildLog) = (code, buildLog);

    /// <summary>The error code of the OpenCL specification, for example -11; 0 when no call was made.</summary>
    public int Code { get; }

    /// <summary>What the driver's compiler said; empty unless a program was built.</summary>
    public string BuildLog { get; }

    internal static void Check(int code, string call)
    {
        if (code != 0) throw new OpenClException($"OpenCL's '{call}' failed: {Describe(code)}.", code);
    }

    /// <summary>The specification's name of an error, and its number.</summary>
    internal static string Describe(int code)
    {
        string name = code switch
        {
            -1 => "CL_DEVICE_NOT_FOUND",
            -2 => "CL_DEVICE_NOT_AVAILABLE",
            -3 => "CL_COMPILER_NOT_AVAILABLE",
            -4 => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
            -5 => "CL_OUT_OF_RESOURCES",
            -6 => "CL_OUT_OF_HOST_MEMORY",
            -11 => "CL_BUILD_PROGRAM_FAILURE",
            -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
            -30 => "CL_INVALID_VALUE",
            -33 => "CL_INVALID_DEVICE",
            -34 => "CL_INVALID_CONTEXT",
            -36 => "CL_INVALID_COMMAND_QUEUE",
            -38 => "CL_INVALID_MEM_OBJECT",
            -43 => "CL_INVALID_BUILD_OPTIONS",
            -44 => "CL_INVALID_PROGRAM",
            -45 => "CL_INVALID_PROGRAM_EXECUTABLE",
            -46 => "CL_INVALID_KERNEL_NAME",
            -48 => "CL_INVALID_KERNEL",
            -49 => "CL_INVALID_ARG_INDEX",
            -50 => "CL_INVALID_ARG_VALUE",
            -51 => "CL_INVALID_ARG_SIZE",
            -52 => "CL_INVALID_KERNEL_ARGS",
            -54 => "CL_INVALID_WORK_GROUP_SIZE",
            -55 => "CL_INVALID_WORK_ITEM_SIZE",
            -61 => "CL_INVALID_BUFFER_SIZE",
            -1001 => "CL_PLATFORM_NOT_FOUND_KHR",
            _ => "error",
        };
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} ({code})");
    }
}
