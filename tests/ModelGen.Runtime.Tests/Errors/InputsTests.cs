using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.Errors;

public sealed class InputsTests
{
    [Fact]
    public void SizesComeFromLengths()
    {
        Assert.Equal(3, Inputs.SolveSize(192, 64, "image", "[N, 1, 8, 8]", "N"));
        var error = Assert.Throws<ArgumentException>(() => Inputs.SolveSize(100, 64, "image", "[N, 1, 8, 8]", "N"));
        Assert.StartsWith("'image' has 100 elements, which fits no batch: [N, 1, 8, 8] takes a multiple of 64.", error.Message);
        Assert.Equal("image", error.ParamName);
        Assert.Contains("fits no size T", Assert.Throws<ArgumentException>(() => Inputs.SolveSize(5, 3, "x", "[T, 3]", "T")).Message);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => Inputs.SolveSize(0, 64, "image", "[N, 1, 8, 8]", "N")).Message);
    }

    [Fact]
    public void LengthsNameWhatTheyFollowFrom()
    {
        Inputs.RequireLength(20, 20, "output", "[N, 10]", "N = 2 from 'image'");
        var error = Assert.Throws<ArgumentException>(() => Inputs.RequireLength(1, 20, "output", "[N, 10]", "N = 2 from 'image'"));
        Assert.StartsWith("'output' has 1 element, but [N, 10] with N = 2 from 'image' takes 20.", error.Message);
    }

    [Fact]
    public void LabelsAreInRange()
    {
        Inputs.RequireLabels([0, 9, 5], 10, "label");
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Inputs.RequireLabels([0, 9, -1, 10], 10, "label"));
        Assert.Contains("'label' has -1 at index 2; allowed are 0 to 9.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Inputs.RequireLabels([10], 10, "label"));
        Inputs.RequireLabels([-100, 9, -100, 0, -100], 10, "label", -100);
        Assert.Contains("'label' has 12 at index 2;", Assert.Throws<ArgumentOutOfRangeException>(() => Inputs.RequireLabels([-100, 9, 12], 10, "label", -100)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Inputs.RequireNonEmpty(0, "steps"));
    }
}
