namespace ModelGen.Execution.Tests;

public unsafe class VectorMathTests
{
    /// <summary>The largest error of a function over an interval, in units in the last place of the exact result.</summary>
    static void Check<V>(string name, Func<V, V> function, Func<double, double> exact, double from, double to, double ulps)
        where V : unmanaged, ISimd<V, float>
    {
        const int Points = 20000;
        double worst = 0;
        float worstAt = 0;
        for (int i = 0; i <= Points; i++)
        {
            float x = (float)(from + (to - from) * i / Points);
            V r = function(V.Create(x));
            float actual = *(float*)&r;
            double expected = exact(x);
            if (!float.IsNormal((float)expected) && expected != 0)
                continue;
            double ulp = Math.Max(MathF.BitIncrement(MathF.Abs((float)expected)) - (double)MathF.Abs((float)expected), float.Epsilon);
            double error = Math.Abs(actual - expected) / ulp;
            // Not (error <= worst), so that a NaN is seen.
            if (!(error <= worst))
                (worst, worstAt) = (error, x);
        }
        Assert.True(worst <= ulps, $"{typeof(V).Name} {name}: {worst:F2} ulp at {worstAt:R}");
    }

    static void CheckAll<V>() where V : unmanaged, ISimd<V, float>
    {
        Check<V>("exp", V.Exp, Math.Exp, -87, 88.7, 1.2);
        Check<V>("exp", V.Exp, Math.Exp, -1, 1, 1.2);
        Check<V>("log", V.Log, Math.Log, 1e-6, 4, 1.5);
        Check<V>("log", V.Log, Math.Log, 1, 1e30, 1.5);
        Check<V>("log", V.Log, Math.Log, 1e-44, 1e-37, 1.5);
        Check<V>("tanh", V.Tanh, Math.Tanh, -10, 10, 2);
        Check<V>("tanh", V.Tanh, Math.Tanh, -1, 1, 2);
        Check<V>("sigmoid", V.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -80, 40, 3);
        Check<V>("sigmoid", V.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -2, 2, 3);
        Check<V>("erf", V.Erf, VectorMath64.Erf, -5, 5, 2);
        Check<V>("erf", V.Erf, VectorMath64.Erf, -0.1, 0.1, 2);
        Check<V>("expm1", V.Expm1, VectorMath64.Expm1, -20, 88.7, 2);
        Check<V>("expm1", V.Expm1, VectorMath64.Expm1, -1, 1, 2);
        Check<V>("expm1", V.Expm1, VectorMath64.Expm1, -1e-6, 1e-6, 2);
        Check<V>("atan", V.Atan, Math.Atan, -20, 20, 2.5);
        Check<V>("atan", V.Atan, Math.Atan, -1, 1, 2.5);
        Check<V>("atan", V.Atan, Math.Atan, 1, 1e30, 2.5);
        Check<V>("sin", V.Sin, Math.Sin, -20, 20, 4);
        Check<V>("cos", V.Cos, Math.Cos, -20, 20, 4);
        Check<V>("rsqrt", V.ReciprocalSqrt, x => 1 / Math.Sqrt(x), 1e-6, 100, 1.5);
        Specials<V, float>();
    }

    [Fact]
    public void Single_precision_512() => CheckAll<F32x16>();

    [Fact]
    public void Single_precision_256() => CheckAll<F32x8>();

    [Fact]
    public void Single_precision_128() => CheckAll<F32x4>();

    [Fact]
    public void Single_precision_scalar() => CheckAll<F32x1>();

    /// <summary>
    /// What is left at the end of a row is computed by one lane: where a row is cut depends on the number of threads, so the bits must be those of a
    /// wide lane.
    /// </summary>
    [Fact]
    public void One_lane_gives_the_bits_of_a_wide_one()
    {
        var random = new Random(4);
        for (int i = 0; i < 20000; i++)
        {
            double x = Math.ScaleB(random.NextDouble() - 0.5, random.Next(-12, 9)), y = random.NextDouble() * 4;
            Same<F32x1, F32x4, float>((float)x, (float)y);
            Same<F32x1, F32x8, float>((float)x, (float)y);
            Same<F64x1, F64x2, double>(x, y);
            Same<F64x1, F64x4, double>(x, y);
        }
        foreach (double x in (double[])[0, -0.0, 1, -1, 88.7, 89, -87.4, -104, 1000, 1e-40, 1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Same<F32x1, F32x8, float>((float)x, 2);
            Same<F64x1, F64x4, double>(x, 2);
        }

        static void Same<S, V, T>(T x, T y)
            where S : unmanaged, ISimd<S, T>
            where V : unmanaged, ISimd<V, T>
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            S s = S.Create(x);
            V v = V.Create(x);
            Is("exp", S.Exp(s), V.Exp(v));
            Is("log", S.Log(s), V.Log(v));
            Is("tanh", S.Tanh(s), V.Tanh(v));
            Is("sigmoid", S.Sigmoid(s), V.Sigmoid(v));
            Is("erf", S.Erf(s), V.Erf(v));
            Is("expm1", S.Expm1(s), V.Expm1(v));
            Is("atan", S.Atan(s), V.Atan(v));
            Is("sin", S.Sin(s), V.Sin(v));
            Is("cos", S.Cos(s), V.Cos(v));
            Is("pow", S.Pow(s, S.Create(y)), V.Pow(v, V.Create(y)));
            Is("sqrt", S.Sqrt(s), V.Sqrt(v));
            Is("max", S.Max(s, S.Create(y)), V.Max(v, V.Create(y)));
            Is("round", S.Round(s), V.Round(v));
            Is("multiply-add", S.MultiplyAdd(s, s, S.Create(y)), V.MultiplyAdd(v, v, V.Create(y)));

            void Is(string name, S one, V wide) =>
                Assert.True((*(T*)&one).Equals(((T*)&wide)[V.Count - 1]), $"{name}({x}): {*(T*)&one} in {typeof(S).Name}, {((T*)&wide)[V.Count - 1]} in {typeof(V).Name}");
        }
    }

    static void Specials<V, T>()
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        double nan = double.NaN, inf = double.PositiveInfinity;
        Is(V.Exp, (nan, nan), (inf, inf), (-inf, 0), (1000, inf), (-1000, 0), (0, 1));
        Is(V.Log, (nan, nan), (inf, inf), (0, -inf), (-0.0, -inf), (-1, nan), (-inf, nan), (1, 0));
        Is(V.Tanh, (nan, nan), (inf, 1), (-inf, -1), (100, 1), (-100, -1), (0, 0));
        Is(V.Sigmoid, (nan, nan), (inf, 1), (-inf, 0), (0, 0.5), (1000, 1), (-1000, 0));
        Is(V.Expm1, (nan, nan), (inf, inf), (-inf, -1), (1000, inf), (-1000, -1), (0, 0));
        Is(V.Atan, (nan, nan), (inf, Math.PI / 2), (-inf, -Math.PI / 2), (0, 0));
        Is(V.Erf, (nan, nan), (inf, 1), (-inf, -1), (10, 1), (-10, -1), (0, 0));

        static void Is(Func<V, V> function, params (double X, double Y)[] cases)
        {
            foreach ((double x, double y) in cases)
            {
                V r = function(V.FromDouble(x));
                Assert.True((*(T*)&r).Equals(T.CreateChecked(y)), $"{function.Method.Name}({x}) is {*(T*)&r}, not {y}");
            }
        }
    }

    [Fact]
    public void Double_precision()
    {
        Specials<F64x8, double>();
        Specials<F64x4, double>();
        Specials<F64x2, double>();
        Specials<F64x1, double>();
        for (double x = -30; x < 30; x += 0.01)
        {
            Close(Math.Exp(x), F64x4.Exp(new(System.Runtime.Intrinsics.Vector256.Create(x))).Value[0], 1e-15 * Math.Exp(x));
            Close(Math.Tanh(x), F64x4.Tanh(new(System.Runtime.Intrinsics.Vector256.Create(x))).Value[3], 1e-15);
            Close(1 / (1 + Math.Exp(-x)), F64x2.Sigmoid(new(System.Runtime.Intrinsics.Vector128.Create(x))).Value[1], 1e-15);
            Close(Math.Log(Math.Abs(x) + 0.1), F64x8.Log(F64x8.Create(Math.Abs(x) + 0.1)).Value[7], 1e-15);
            Close(Math.Atan(x), F64x4.Atan(F64x4.Create(x)).Value[2], 1e-15);
            Close(Math.Exp(x) - 1, F64x4.Expm1(F64x4.Create(x)).Value[2], 1e-15 * Math.Max(1, Math.Exp(x)));
            Close(Math.Sin(x), F64x4.Sin(F64x4.Create(x)).Value[2], 1e-15);
            Close(Math.Cos(x), F64x4.Cos(F64x4.Create(x)).Value[2], 1e-15);
        }
        // Exact to 17 digits (Abramowitz and Stegun, table 7.1; more digits by series in 40 digits).
        (double X, double Erf)[] table =
        [
            (0.1, 0.11246291601828489), (0.5, 0.52049987781304654), (1, 0.84270079294971487), (1.5, 0.96610514647531073),
            (2, 0.99532226501895273), (2.5, 0.99959304798255504), (3, 0.99997790950300141), (3.5, 0.99999925690162766), (5, 0.99999999999846254),
        ];
        // e^x - 1 = x + x²/2 + x³/6 + ..., where the difference has lost its digits.
        Close(1e-10 + 5e-21, F64x4.Expm1(F64x4.Create(1e-10)).Value[0], 1e-25);
        Close(-1e-10 + 5e-21, F64x1.Expm1(F64x1.Create(-1e-10)).Value, 1e-25);
        foreach ((double x, double erf) in table)
        {
            Close(erf, F64x4.Erf(F64x4.Create(x)).Value[1], 1e-15);
            Close(-erf, F64x1.Erf(F64x1.Create(-x)).Value, 1e-15);
        }

        static void Close(double expected, double actual, double tolerance) =>
            Assert.True(Math.Abs(expected - actual) <= tolerance, $"{actual:R} is not {expected:R}");
    }
}
