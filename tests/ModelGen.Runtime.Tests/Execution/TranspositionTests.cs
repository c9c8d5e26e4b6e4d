using System.Numerics;

namespace ModelGen.Execution.Tests;

public unsafe class TranspositionTests
{
    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int rows = 1; rows <= 67; rows++)
            foreach (int columns in (int[])[1, 2, 7, 8, 9, 68 - rows, rows * 5 % 67 + 1])
            {
                Check<float>(rows, columns, 0, 0);
                Check<float>(rows, columns, 1, 3);
                Check<double>(rows, columns, 2, 0);
            }
    }

    // Rows lie some elements further apart than they are long; nothing between them is touched.
    static void Check<T>(int rows, int columns, int sourceGap, int destinationGap) where T : unmanaged, INumber<T>
    {
        int sourceRow = columns + sourceGap, destinationRow = rows + destinationGap;
        using var source = new GuardedArray<T>((rows - 1) * sourceRow + columns).Randomize(1);
        using var destination = new GuardedArray<T>((columns - 1) * destinationRow + rows);
        Transposition.Run(source.Pointer, sourceRow, destination.Pointer, destinationRow, rows, columns);
        for (int i = 0; i < destination.Length; i++)
        {
            var (c, r) = (i / destinationRow, i % destinationRow);
            if (r < rows) Assert.Equal(source.Values[r * sourceRow + c], destination.Values[i]);
            else Assert.True(T.IsNaN(destination.Values[i]), "A gap between rows was written.");
        }
    }
}
