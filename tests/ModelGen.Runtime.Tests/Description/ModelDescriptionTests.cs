namespace ModelGen.Runtime.Tests.Description;

public sealed class ModelDescriptionTests
{
    static readonly ModelDescription Net = new()
    {
        Name = "DigitNet",
        Inputs = [new("image", "float", "[N, 1, 8, 8]")],
        Outputs = [new("output", "float", "[N, 10]")],
        Layers =
        [
            new("conv1", "Conv2d", "[N, 16, 8, 8]", 160, new SizeFormula(new SizeTerm(9216, "N"))),
            new("output", "Linear", "[N, 10]", 650, new SizeFormula(new SizeTerm(640, "N"))),
        ],
        Functions =
        [
            new("Predict", [new("Conv1Relu", "Conv2d 3x3 1→16, bias, ReLU"), new("Output", "Linear 64→10, bias")], new SizeFormula(new SizeTerm(4096, "N"), new SizeTerm(512)), new SizeFormula(new SizeTerm(9856, "N"))),
            new("TrainStep", [new("Step", "everything")], new SizeFormula(new SizeTerm(1 << 20, "N"), new SizeTerm(4, "N", "T")), 1000),
        ],
        TrainableParameters = 810,
        StateElements = 32,
    };

    [Fact]
    public void TheSummaryIsAnAlignedTable() => Assert.Equal("""
        DigitNet (float32, N = 32)
          image float[N, 1, 8, 8] -> output float[N, 10]

          layer   kind    output         parameters  multiply-adds
          ------  ------  -------------  ----------  -------------
          conv1   Conv2d  [N, 16, 8, 8]         160        294,912
          output  Linear  [N, 10]               650         20,480
          total                                 810        315,392

        parameters: 810 trained, 32 of state (3.3 KiB)

        Predict: 2 kernels, 315,392 multiply-adds, 128.5 KiB of workspace
          kernel     fuses
          ---------  ---------------------------
          Conv1Relu  Conv2d 3x3 1→16, bias, ReLU
          Output     Linear 64→10, bias

        TrainStep: 1 kernel, 1,000 multiply-adds, 128*T + 33,554,432 bytes of workspace
          kernel  fuses
          ------  ----------
          Step    everything

        """, Net.Summary(32));

    [Fact]
    public void FormulasBindSymbols()
    {
        var formula = new SizeFormula(new SizeTerm(3, "N", "T"), new SizeTerm(2, "N"), new SizeTerm(5));
        Assert.Equal("3*N*T + 2*N + 5", formula.ToString());
        Assert.Null(formula.With("N", 4).Value);
        Assert.Equal(3 * 4 * 7 + 8 + 5, formula.With("N", 4).With("T", 7).Value);
        Assert.Equal("0", SizeFormula.Sum([]).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => Net.Summary(0));
    }
}
