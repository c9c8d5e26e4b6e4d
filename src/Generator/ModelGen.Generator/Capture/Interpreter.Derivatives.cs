using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ops;

namespace ModelGen.Generator.Capture;

// Tensor.Gradient and its kind: each becomes a node, whose operands are other nodes' gradients.
internal sealed partial class Interpreter
{
    Value Derive(string method, Value[] arguments, IOperation at, Frame frame)
    {
        if (Recorder is not { } recorder) return Refuse(Rules.Construct, "Derivatives exist only inside a compiled method; do this in Forward.", at, frame);
        if (arguments.Any(a => a.IsNull)) return Fail($"An argument of '{method}' is null here.", at, frame);
        var y = (TensorValue)arguments[0];
        if (method == Derivatives.Jacobian) return Rows(y, arguments[1], at, frame);
        var v = arguments.Length > 2 ? arguments[2] as TensorValue : null;
        if (arguments[1] is TensorValue single) return Derive(recorder, method, y, single, v, element: -1, at, frame);
        if (Items(arguments[1], at, frame) is not { } several) return Value.Poison;
        var gradients = new List<Value>();
        foreach (var x in several)
        {
            if (x.IsPoison) return Value.Poison;
            if (x is not TensorValue tensor) return Fail($"An argument of '{method}' is null here.", at, frame);
            gradients.Add(Derive(recorder, method, y, tensor, v, gradients.Count, at, frame));
            if (gradients[gradients.Count - 1].IsPoison) return Value.Poison;
        }
        return new Sequence(gradients);
    }

    Value Derive(FunctionRecorder recorder, string method, TensorValue y, TensorValue x, TensorValue? v, int element, IOperation at, Frame frame) =>
        Try(recorder, () => recorder.Derivative(method, y, x, v, element), at, frame);

    /// <summary><c>Tensor.Jacobian(y, x)</c>: a gradient for each element of y's last axis.</summary>
    Value Rows(TensorValue y, Value x, IOperation at, Frame frame)
    {
        if (Try(Recorder!, () => { Derivatives.CheckJacobian(y.Node.Shape, ((TensorValue)x).Node.Shape); return y; }, at, frame).IsPoison) return Value.Poison;
        if (Parts("Unbind", y, [Int(-1)], at, frame) is not Sequence elements) return Value.Poison;
        var rows = new List<Value>();
        foreach (var element in elements.Items)
        {
            rows.Add(Derive(Recorder!, Derivatives.Gradient, (TensorValue)element, (TensorValue)x, v: null, element: -1, at, frame));
            if (rows[rows.Count - 1].IsPoison) return Value.Poison;
        }
        return Record("Stack", [Int(-2), new Sequence(rows)], at, frame);
    }

    /// <summary><c>y.WithGradient(x, dy => ...)</c>: the function runs once, on a value that stands for the gradient of y.</summary>
    Value WithGradient(Value[] arguments, IOperation at, Frame frame)
    {
        if (Recorder is not { } recorder) return Refuse(Rules.Construct, "Derivatives exist only inside a compiled method; do this in Forward.", at, frame);
        if (arguments.Any(a => a.IsNull)) return Fail($"An argument of '{CustomGradient.Spelling}' is null here.", at, frame);
        var y = (TensorValue)arguments[0];
        var x = arguments.Skip(1).Take(arguments.Length - 2).Cast<TensorValue>().ToArray();
        var cotangent = recorder.Cotangent(y);
        var result = Call(arguments[arguments.Length - 1], [cotangent], at, frame);
        if (result.IsPoison) return result;
        var gradients = (result is TupleValue tuple ? tuple.Items : [result]).OfType<TensorValue>().ToArray();
        if (gradients.Length != x.Length) return Fail($"The function given to '{CustomGradient.Spelling}' makes no gradient here.", at, frame);
        return Try(recorder, () => recorder.CustomGradient(y, x, cotangent, gradients), at, frame);
    }
}
