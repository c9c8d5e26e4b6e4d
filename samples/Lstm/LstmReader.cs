namespace RowReader;

/// <summary>Reads an image as a sequence of 28 rows, and judges it by the state after the last one.</summary>
[Model]
public partial class LstmReader
{
    readonly Lstm lstm = new(128);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 28, 28)] Tensor image) => image.Apply(lstm).Select(1, -1).Apply(output);

    public Tensor Loss([Shape("N", 28, 28)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
