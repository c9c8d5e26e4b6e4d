using System.Numerics;

namespace ModelGen.Execution.Tests;

/// <summary>Factorisations and linear systems: A X = B holds, for matrices of every size, in every width and team.</summary>
[Collection("Teams")]
public unsafe class SystemTests
{
    [Fact]
    public void Systems_are_solved_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Solve<F64x4, double>(new SystemShape { Batch = 1 + size % 5, Size = size, Columns = 1 + size % 7 }, 1e-10);
            Solve<F64x8, double>(new SystemShape { Batch = 2, Size = 68 - size, Columns = size }, 1e-10);
            Solve<F32x8, float>(new SystemShape { Batch = 1 + size % 3, Size = size, Columns = 1 + size * 3 % 67 }, 2e-3);
            Solve<F32x4, float>(new SystemShape { Batch = 3, Size = size, Columns = 1 }, 2e-3);
        }
        Solve<F32x16, float>(new SystemShape { Batch = 1, Size = 130, Columns = 300 }, 2e-3);
        Solve<F32x1, float>(new SystemShape { Batch = 40, Size = 3, Columns = 5 }, 2e-3);
    }

    [Fact]
    public void Triangular_systems_are_solved_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
            foreach (bool upper in new[] { false, true })
                foreach (bool transposed in new[] { false, true })
                {
                    Triangular<F64x4, double>(new SystemShape { Batch = 1 + size % 3, Size = size, Columns = 1 + size * 5 % 67 }, upper, transposed, 1e-10);
                    Triangular<F32x8, float>(new SystemShape { Batch = 2, Size = size, Columns = 1 + size % 19 }, upper, transposed, 1e-3);
                }
        Triangular<F32x16, float>(new SystemShape { Batch = 1, Size = 100, Columns = 200 }, true, true, 1e-3);
    }

    [Fact]
    public void Definite_matrices_are_factored_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Factor<F64x4, double>(new SystemShape { Batch = 1 + size % 5, Size = size }, 1e-10);
            Factor<F32x8, float>(new SystemShape { Batch = 1 + size % 3, Size = size }, 1e-3);
            Factor<F32x4, float>(new SystemShape { Batch = 2, Size = size }, 1e-3);
        }
        Factor<F32x16, float>(new SystemShape { Batch = 30, Size = 2 }, 1e-3);
    }

    [Fact]
    public void Determinants_are_products_of_pivots_and_do_not_overflow()
    {
        // A cyclic exchange of rows is even or odd with their number.
        for (int n = 1; n <= 20; n++)
        {
            float[] matrix = new float[n * n];
            for (int i = 0; i < n; i++) matrix[(i * n) + ((i + 1) % n)] = 2;
            var (determinant, logarithm) = Determinants(matrix, n);
            Assert.Equal((n % 2 == 0 ? -1 : 1) * Math.Pow(2, n), determinant);
            Assert.Equal(n * Math.Log(2), logarithm, 1e-5);
        }
        float[] large = new float[64 * 64];
        for (int i = 0; i < 64; i++) large[i * 65] = 100;
        Assert.Equal((float.PositiveInfinity, (float)(64 * Math.Log(100))), Determinants(large, 64));
        Assert.Equal((0f, float.NegativeInfinity), Determinants([1, 2, 2, 4], 2));
    }

    [Fact]
    public void What_cannot_be_solved_is_NaN_and_nothing_else_is()
    {
        // A singular one, one that is not definite, and a good one; neighbours in a batch.
        float[] matrices = [1, 2, 2, 4, 1, 2, 2, 1, 2, 1, 1, 2], sides = [1, 1, 1, 1, 1, 1];
        float[] Of(Action<Team, nint, nint, nint> kernel, int length)
        {
            using var a = Array(matrices);
            using var b = Array(sides);
            using var y = new GuardedArray<float>(length);
            nint pa = (nint)a.Pointer, pb = (nint)b.Pointer, py = (nint)y.Pointer;
            OnTeam.Run(2, team => kernel(team, pa, pb, py));
            return y.Values.ToArray();
        }
        var shape = new SystemShape { Batch = 3, Size = 2, Columns = 1 };
        var roots = Of((team, a, _, y) => Cholesky.Run<F32x8, float>(team, shape, (float*)a, (float*)y), 12);
        Assert.All(roots[4..8], r => Assert.True(float.IsNaN(r)));
        Assert.All(roots[8..], r => Assert.True(float.IsFinite(r)));
        var solved = Of((team, a, b, x) =>
        {
            float* lu = stackalloc float[18];
            Lu.Factor<F32x8, float>(Team.Single, shape, (float*)a, lu);
            Lu.Solve<F32x8, float>(team, shape, false, lu, (float*)b, (float*)x);
        }, 6);
        Assert.Equal([float.NaN, float.NaN], solved[..2]);
        Assert.All(solved[2..], x => Assert.Equal(1f / 3, x, 1e-6f));
        matrices[3] = 0;
        var triangular = Of((team, a, b, x) => TriangularSystem.Run<F32x8, float>(team, shape, true, false, (float*)a, (float*)b, (float*)x), 6);
        Assert.Equal([float.NaN, float.NaN], triangular[..2]);
        Assert.All(triangular[2..], x => Assert.True(float.IsFinite(x)));
    }

    static (float Determinant, float Logarithm) Determinants(float[] matrix, int n)
    {
        float[] lu = new float[(n + 1) * n];
        float both;
        fixed (float* a = matrix, f = lu)
        {
            var shape = new SystemShape { Batch = 1, Size = n };
            Lu.Factor<F32x8, float>(Team.Single, shape, a, f);
            Lu.Determinant<F32x8, float>(Team.Single, shape, false, f, &both);
            float determinant = both;
            Lu.Determinant<F32x8, float>(Team.Single, shape, true, f, &both);
            return (determinant, both);
        }
    }

    static void Solve<V, T>(SystemShape s, double tolerance) where V : unmanaged, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = s.Size;
        using var a = Matrices<T>(s, symmetric: false);
        using var b = new GuardedArray<T>(s.Batch * n * s.Columns).Randomize(2);
        T* pa = a.Pointer, pb = b.Pointer;
        foreach (bool transposed in new[] { false, true })
        {
            T[]? first = null;
            foreach (int threads in OnTeam.Sizes)
            {
                using var lu = new GuardedArray<T>(s.Batch * (n + 1) * n);
                using var x = new GuardedArray<T>(b.Length);
                T* pl = lu.Pointer, px = x.Pointer;
                OnTeam.Run(threads, team =>
                {
                    Lu.Factor<V, T>(team, s, pa, pl);
                    team.Barrier();
                    Lu.Solve<V, T>(team, s, transposed, pl, pb, px);
                });
                Assert.Equal(first ??= x.Values.ToArray(), x.Values.ToArray());
                Holds(s, (m, i, k) => double.CreateChecked(transposed ? pa[(((m * n) + k) * n) + i] : pa[(((m * n) + i) * n) + k]), px, pb, tolerance);
            }
        }
    }

    static void Triangular<V, T>(SystemShape s, bool upper, bool transposed, double tolerance) where V : unmanaged, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = s.Size;
        using var a = Matrices<T>(s, symmetric: false);
        using var b = new GuardedArray<T>(s.Batch * n * s.Columns).Randomize(2);
        T* pa = a.Pointer, pb = b.Pointer;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var x = new GuardedArray<T>(b.Length);
            T* px = x.Pointer;
            OnTeam.Run(threads, team => TriangularSystem.Run<V, T>(team, s, upper, transposed, pa, pb, px));
            Assert.Equal(first ??= x.Values.ToArray(), x.Values.ToArray());
            Holds(s, (m, i, k) =>
            {
                var (row, column) = transposed ? (k, i) : (i, k);
                return upper ? column >= row ? Element(m, row, column) : 0 : column <= row ? Element(m, row, column) : 0;
            }, px, pb, tolerance);
        }

        double Element(nint m, nint i, nint k) => double.CreateChecked(pa[(((m * n) + i) * n) + k]);
    }

    static void Factor<V, T>(SystemShape s, double tolerance) where V : unmanaged, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = s.Size;
        using var a = Matrices<T>(s, symmetric: true);
        T* pa = a.Pointer;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var l = new GuardedArray<T>(a.Length);
            T* pl = l.Pointer;
            OnTeam.Run(threads, team => Cholesky.Run<V, T>(team, s, pa, pl));
            Assert.Equal(first ??= l.Values.ToArray(), l.Values.ToArray());
            for (nint m = 0; m < s.Batch; m++)
                for (nint i = 0; i < n; i++)
                    for (nint j = 0; j < n; j++)
                    {
                        double sum = 0;
                        for (nint k = 0; k < n; k++) sum += L(i, k) * L(j, k);
                        Assert.True(j <= i || L(i, j) == 0, "An element above the diagonal is not zero.");
                        Assert.True(Math.Abs(sum - double.CreateChecked(pa[(((m * n) + i) * n) + j])) <= tolerance * n, $"{n}: element {i}, {j} of matrix {m}");

                        double L(nint row, nint column) => double.CreateChecked(pl[(((m * n) + row) * n) + column]);
                    }
        }
    }

    // Every equation, with the given matrix.
    static void Holds<T>(SystemShape s, Func<nint, nint, nint, double> a, T* x, T* b, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = s.Size, columns = s.Columns;
        for (nint m = 0; m < s.Batch; m++)
            for (nint i = 0; i < n; i++)
            {
                double[] row = [.. Enumerable.Range(0, (int)n).Select(k => a(m, i, k))];
                for (nint j = 0; j < columns; j++)
                {
                    double sum = 0;
                    for (nint k = 0; k < n; k++) sum += row[k] * double.CreateChecked(x[(((m * n) + k) * columns) + j]);
                    double expected = double.CreateChecked(b[(((m * n) + i) * columns) + j]);
                    Assert.True(Math.Abs(sum - expected) <= tolerance, $"{n} x {columns}: equation {i}, {j} of matrix {m}: {sum} is not {expected}");
                }
            }
    }

    static GuardedArray<T> Matrices<T>(SystemShape s, bool symmetric) where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = s.Size;
        var a = new GuardedArray<T>(s.Batch * n * n).Randomize(1);
        for (nint m = 0; m < s.Batch; m++)
            for (nint i = 0; i < n; i++)
            {
                for (nint j = 0; symmetric && j < i; j++) a.Pointer[(((m * n) + i) * n) + j] = a.Pointer[(((m * n) + j) * n) + i];
                // Large enough that elimination is no matter of luck, and that a symmetric one is definite; of either sign where it may be.
                T large = T.CreateChecked(symmetric ? n : 2 + (n / 4));
                a.Pointer[((m * n) + i) * n + i] += symmetric || i % 3 != 0 ? large : -large;
            }
        return a;
    }

    static GuardedArray<float> Array(float[] values)
    {
        var array = new GuardedArray<float>(values.Length);
        values.CopyTo(array.Values);
        return array;
    }
}
