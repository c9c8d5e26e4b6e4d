using ModelGen.IdeBenchmarks;

return args switch
{
    [] or ["--ide"] => IdeBenchmark.Run(),
    ["--ide-cold", var model] => IdeBenchmark.RunCold(model),
    ["--ide-profile", var model] => IdeBenchmark.RunPhases(model),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Measures ModelGen. Build in Release.
          --ide                  what a keystroke and a build cost, for models of the size of ResNet-18 and of a transformer of 12 blocks
          --ide-profile <model>  the same compilation by phase: ResNet18 or Transformer
        """);
    return 1;
}
