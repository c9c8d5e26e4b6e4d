using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ModelGen.Execution;

/// <summary>One double: the width of machines without vectors, and of what is left at the end of a row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F64x1 : ISimd<F64x1, double>
{
    readonly double v;

    /// <summary>Wraps a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F64x1(double value) => v = value;

    /// <summary>The number.</summary>
    public double Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => v;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static F64x1 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    public static F64x1 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Load(double* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 LoadPartial(double* source, nint count) => count > 0 ? new(*source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* destination) => *destination = v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePartial(double* destination, nint count)
    {
        if (count > 0)
            *destination = v;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Create(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 FromDouble(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 CreateSequence(double start) => new(start);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator +(F64x1 a, F64x1 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator -(F64x1 a, F64x1 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator *(F64x1 a, F64x1 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator /(F64x1 a, F64x1 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator -(F64x1 a) => new(-a.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 MultiplyAdd(F64x1 a, F64x1 b, F64x1 c) => 
        new(Fma.IsSupported || AdvSimd.IsSupported ? Math.FusedMultiplyAdd(a.v, b.v, c.v) : a.v * b.v + c.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Min(F64x1 a, F64x1 b) => a.v < b.v ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Max(F64x1 a, F64x1 b) => a.v > b.v ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Abs(F64x1 x) => new(Math.Abs(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Sqrt(F64x1 x) => new(Math.Sqrt(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 ReciprocalSqrt(F64x1 x) => new(1 / Math.Sqrt(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Floor(F64x1 x) => new(Math.Floor(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Round(F64x1 x) => new(Math.Round(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 LessThan(F64x1 a, F64x1 b) => Mask(a.v < b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 LessThanOrEqual(F64x1 a, F64x1 b) => Mask(a.v <= b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 GreaterThan(F64x1 a, F64x1 b) => Mask(a.v > b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 GreaterThanOrEqual(F64x1 a, F64x1 b) => Mask(a.v >= b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Equal(F64x1 a, F64x1 b) => Mask(a.v == b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 NotEqual(F64x1 a, F64x1 b) => Mask(a.v != b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 And(F64x1 a, F64x1 b) => FromBits(Bits(a) & Bits(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Or(F64x1 a, F64x1 b) => FromBits(Bits(a) | Bits(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Not(F64x1 a) => FromBits(~Bits(a));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Select(F64x1 mask, F64x1 a, F64x1 b) => FromBits((Bits(mask) & Bits(a)) | (~Bits(mask) & Bits(b)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Exp(F64x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Exp(Vector128.Create(x.v)).ToScalar() : Math.Exp(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Log(F64x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Log(Vector128.Create(x.v)).ToScalar() : Math.Log(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Tanh(F64x1 x) => new(Math.Tanh(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Sigmoid(F64x1 x) => VectorMath64.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Erf(F64x1 x) => VectorMath64.Erf(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Expm1(F64x1 x) => VectorMath64.Expm1(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Atan(F64x1 x) => VectorMath64.Atan(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Sin(F64x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Sin(Vector128.Create(x.v)).ToScalar() : Math.Sin(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Cos(F64x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Cos(Vector128.Create(x.v)).ToScalar() : Math.Cos(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Pow(F64x1 a, F64x1 b) => new(Math.Pow(a.v, b.v));

    /// <summary>e to the power of x, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exp(double x) => Exp(new F64x1(x)).v;

    /// <summary>The natural logarithm, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log(double x) => Log(new F64x1(x)).v;

    /// <summary>The hyperbolic tangent, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Tanh(double x) => Tanh(new F64x1(x)).v;

    /// <summary>1 / (1 + exp(-x)), with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sigmoid(double x) => Sigmoid(new F64x1(x)).v;

    /// <summary>The error function, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Erf(double x) => Erf(new F64x1(x)).v;

    /// <summary>exp(x) - 1, without loss for small x, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Expm1(double x) => Expm1(new F64x1(x)).v;

    /// <summary>The inverse tangent, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Atan(double x) => Atan(new F64x1(x)).v;

    /// <summary>The sine, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sin(double x) => Sin(new F64x1(x)).v;

    /// <summary>The cosine, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Cos(double x) => Cos(new F64x1(x)).v;

    /// <summary>a to the power of b, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Pow(double a, double b) => Pow(new F64x1(a), new F64x1(b)).v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(F64x1 x) => x.v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MaxElement(F64x1 x) => x.v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MinElement(F64x1 x) => x.v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Bits(F64x1 x) => BitConverter.DoubleToInt64Bits(x.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F64x1 FromBits(long bits) => new(BitConverter.Int64BitsToDouble(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F64x1 Mask(bool condition) => FromBits(condition ? -1 : 0);
}
