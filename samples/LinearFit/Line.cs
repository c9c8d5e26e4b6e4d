namespace LinearFit;

/// <summary>The smallest model: one weight a and one bias b.</summary>
[Model]
public partial class Line
{
    readonly Linear line = new(1);

    public Tensor Forward([Shape("N", 1)] Tensor x) => x.Apply(line);

    public Tensor Loss([Shape("N", 1)] Tensor x, [Shape("N", 1)] Tensor y) => Forward(x).MeanSquaredError(y);
}
