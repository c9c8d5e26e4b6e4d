using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ModelGen.Execution;

/// <summary>One float: the width of machines without vectors, and of what is left at the end of a row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct F32x1 : ISimd<F32x1, float>, IFloatBits<F32x1>
{
    readonly float v;

    /// <summary>Wraps a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F32x1(float value) => v = value;

    /// <summary>The number.</summary>
    public float Value
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
    public static F32x1 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    public static F32x1 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Load(float* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 LoadPartial(float* source, nint count) => count > 0 ? new(*source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => *destination = v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePartial(float* destination, nint count)
    {
        if (count > 0)
            *destination = v;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Create(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 FromDouble(double value) => new((float)value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 CreateSequence(float start) => new(start);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 operator +(F32x1 a, F32x1 b) => new(a.v + b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 operator -(F32x1 a, F32x1 b) => new(a.v - b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 operator *(F32x1 a, F32x1 b) => new(a.v * b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 operator /(F32x1 a, F32x1 b) => new(a.v / b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 operator -(F32x1 a) => new(-a.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 MultiplyAdd(F32x1 a, F32x1 b, F32x1 c) => 
        new(Fma.IsSupported || AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a.v, b.v, c.v) : a.v * b.v + c.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Min(F32x1 a, F32x1 b) => a.v < b.v ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Max(F32x1 a, F32x1 b) => a.v > b.v ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Abs(F32x1 x) => new(MathF.Abs(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Sqrt(F32x1 x) => new(MathF.Sqrt(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 ReciprocalSqrt(F32x1 x) => new(1 / MathF.Sqrt(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Floor(F32x1 x) => new(MathF.Floor(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Round(F32x1 x) => new(MathF.Round(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 LessThan(F32x1 a, F32x1 b) => Mask(a.v < b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 LessThanOrEqual(F32x1 a, F32x1 b) => Mask(a.v <= b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 GreaterThan(F32x1 a, F32x1 b) => Mask(a.v > b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 GreaterThanOrEqual(F32x1 a, F32x1 b) => Mask(a.v >= b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Equal(F32x1 a, F32x1 b) => Mask(a.v == b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 NotEqual(F32x1 a, F32x1 b) => Mask(a.v != b.v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 And(F32x1 a, F32x1 b) => FromBits(Bits(a) & Bits(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Or(F32x1 a, F32x1 b) => FromBits(Bits(a) | Bits(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Not(F32x1 a) => FromBits(~Bits(a));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Select(F32x1 mask, F32x1 a, F32x1 b) => FromBits((Bits(mask) & Bits(a)) | (~Bits(mask) & Bits(b)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Exp(F32x1 x) => VectorMath32.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Log(F32x1 x) => VectorMath32.Log(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Tanh(F32x1 x) => VectorMath32.Tanh(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Sigmoid(F32x1 x) => VectorMath32.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Erf(F32x1 x) => VectorMath32.Erf(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Expm1(F32x1 x) => VectorMath32.Expm1(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Atan(F32x1 x) => VectorMath32.Atan(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Sin(F32x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Sin(Vector128.Create(x.v)).ToScalar() : MathF.Sin(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Cos(F32x1 x) => new(Vector128.IsHardwareAccelerated ? Vector128.Cos(Vector128.Create(x.v)).ToScalar() : MathF.Cos(x.v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Pow(F32x1 a, F32x1 b) => new(MathF.Pow(a.v, b.v));

    /// <summary>e to the power of x, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x) => Exp(new F32x1(x)).v;

    /// <summary>The natural logarithm, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float x) => Log(new F32x1(x)).v;

    /// <summary>The hyperbolic tangent, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x) => Tanh(new F32x1(x)).v;

    /// <summary>1 / (1 + exp(-x)), with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => Sigmoid(new F32x1(x)).v;

    /// <summary>The error function, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Erf(float x) => Erf(new F32x1(x)).v;

    /// <summary>exp(x) - 1, without loss for small x, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Expm1(float x) => Expm1(new F32x1(x)).v;

    /// <summary>The inverse tangent, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Atan(float x) => Atan(new F32x1(x)).v;

    /// <summary>The sine, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sin(float x) => Sin(new F32x1(x)).v;

    /// <summary>The cosine, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Cos(float x) => Cos(new F32x1(x)).v;

    /// <summary>a to the power of b, with the bits of a lane of a wider vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pow(float a, float b) => Pow(new F32x1(a), new F32x1(b)).v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(F32x1 x) => x.v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxElement(F32x1 x) => x.v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinElement(F32x1 x) => x.v;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x1 Scale(F32x1 x, F32x1 n)
    {
        // 2^n in two factors, so that neither leaves the range of normal floats. A NaN may convert to any integer.
        int whole = float.IsNaN(n.v) ? 0 : (int)n.v;
        int half = whole >> 1;
        return new(x.v * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((whole - half + 127) << 23));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(F32x1 x, out F32x1 mantissa, out F32x1 exponent)
    {
        int e = (Bits(x) - FloatBits.SqrtHalf) >> 23;
        mantissa = FromBits(Bits(x) - (e << 23));
        exponent = new(e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Bits(F32x1 x) => BitConverter.SingleToInt32Bits(x.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F32x1 FromBits(int bits) => new(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F32x1 Mask(bool condition) => FromBits(condition ? -1 : 0);
}
