namespace Distilling;

/// <summary>A convolutional network, which knows the digits well.</summary>
[Layer]
public partial class Teacher : ILayer
{
    readonly Conv2d conv1 = new(32, kernelSize: 3, padding: 1), conv2 = new(64, kernelSize: 3, padding: 1);
    readonly Linear hidden = new(128), output = new(10);

    public Tensor Forward(Tensor image)
    {
        var x = image.Reshape(image.Shape[0], 1, 8, 8).Apply(conv1).Relu().MaxPool2d(2);
        x = x.Apply(conv2).Relu().MaxPool2d(2);
        return x.Flatten().Apply(hidden).Relu().Apply(output);
    }
}

/// <summary>A dense network with a single small hidden layer: a hundredth of the teacher's weights.</summary>
[Layer]
public partial class Student : ILayer
{
    readonly Linear hidden = new(12), output = new(10);

    public Tensor Forward(Tensor image) => image.Apply(hidden).Relu().Apply(output);
}

/// <summary>The teacher by itself, to train it.</summary>
[Model]
public partial class TeacherNet
{
    readonly Teacher teacher = new();

    public Tensor Forward([Shape("N", 64)] Tensor image) => image.Apply(teacher);

    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>
/// The student, and the teacher that it learns from. The teacher is frozen: no step computes a gradient for it. <c>Distill</c> is the loss of G. Hinton, O. Vinyals
/// and J. Dean (2015): a temperature above 1 shows how the teacher ranks the wrong answers, and from that the student learns which digits look alike.
/// </summary>
[Model]
public partial class StudentNet
{
    public const float Temperature = 4;

    readonly Student student = new();
    [Layer(Frozen = true)] readonly Teacher teacher = new();

    public Tensor Forward([Shape("N", 64)] Tensor image) => image.Apply(student);

    /// <summary>What the student learns alone: from the labels.</summary>
    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);

    /// <summary>What it learns from the teacher, whom no label has to be shown.</summary>
    [Objective]
    public Tensor Distill([Shape("N", 64)] Tensor image) => Forward(image).Distillation(image.Apply(teacher), Temperature);
}
