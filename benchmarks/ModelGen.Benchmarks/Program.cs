using System.Globalization;
using ModelGen.Benchmarks;

// Before the command line is read: reading it takes a quarter of what is to be measured.
if (args is ["--first-step", "--threads", var threads] && int.TryParse(threads, CultureInfo.InvariantCulture, out int count) && count > 0)
    return FirstStep.Print(count);
return Commands.Run(args);
