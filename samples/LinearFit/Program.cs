// Lesson 1: a line through three points. The smallest possible model, trained by calling its generated TrainStep.
using System.Globalization;
using LinearFit;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

float[] x = [1, 2, 3];
float[] y = [4, 7, 8];

var model = new Line();
var optimizer = new Sgd(learningRate: 0.1);

Console.WriteLine("y = a x + b through (1,4), (2,7), (3,8)");
const int Steps = 200;
for (int step = 1; step <= Steps; step++)
{
    float loss = model.TrainStep(x, y, optimizer);
    if (step is 1 or 2 or 5 or 10 or 20 or 50 or 100 or Steps) Console.WriteLine($"step {step,3}  loss {loss:0.0000}");
}

double a = model.Parameters["line.weight"].Values[0], b = model.Parameters["line.bias"].Values[0];
Console.WriteLine($"found:          a = {a:0.000}, b = {b:0.000}");
Console.WriteLine("least squares:  a = 2.000, b = 2.333");

float[] answer = new float[1];
model.Predict([4], answer);
Console.WriteLine($"at x = 4 the line is at {answer[0]:0.000}");
