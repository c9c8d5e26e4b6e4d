using ModelGen.Execution;

namespace ModelGen.Runtime.Tests.Training;

public sealed class DatasetTests
{
    static readonly Dataset Data = new Dataset()
        .With("image", Enumerable.Range(0, 20).Select(i => (float)i).ToArray(), rowSize: 2).With("label", Enumerable.Range(0, 10).ToArray());

    [Fact]
    public void LongLabelsBecomeInts()
    {
        var data = new Dataset().With("label", new long[] { 3, -100, int.MaxValue });
        Assert.Equal([3, -100, int.MaxValue], data.Batch(0, 3).Ints("label").ToArray());
        var error = Assert.Throws<ArgumentException>(() => new Dataset().With("label", new long[] { 1, 1L << 31 }));
        Assert.Contains("Element 1 of 'label' is 2147483648", error.Message);
    }

    [Fact]
    public void RowsStayTogether()
    {
        var shuffled = Data.Shuffle(3);
        var batch = shuffled.Batch(0, 10);
        Assert.NotEqual(Enumerable.Range(0, 10), batch.Ints("label").ToArray());
        Assert.Equal(Enumerable.Range(0, 10), batch.Ints("label").ToArray().Order());
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(2 * batch.Ints("label")[i], batch.Floats("image")[2 * i]);
            Assert.Equal((2 * batch.Ints("label")[i]) + 1, batch.Floats("image")[(2 * i) + 1]);
        }
        Assert.Equal(batch.Ints("label").ToArray(), Data.Shuffle(3).Batch(0, 10).Ints("label").ToArray());
    }

    [Fact]
    public void ShufflesAreTheSameOnEveryMachine()
    {
        var rows = Enumerable.Range(0, 6).ToArray();
        RowOrder.Shuffle(rows, seed: 1, stream: 1);
        Assert.Equal(6, rows.Distinct().Count());
        // All orders of three come up about equally often.
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < 6000; seed++)
        {
            int[] three = [0, 1, 2];
            RowOrder.Shuffle(three, seed, 0);
            string key = string.Join("", three);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, c => Assert.InRange(c, 850, 1150));
    }

    [Fact]
    public void PartsShareTheData()
    {
        var (first, second) = Data.Split(0.7);
        Assert.Equal((7, 3), (first.Count, second.Count));
        Assert.Equal([7, 8, 9], second.Batch(0, 3).Ints("label").ToArray());
        Assert.Equal([0, 2, 4, 6, 8], Data.Where(i => i % 2 == 0).Batch(0, 5).Ints("label").ToArray());
        Assert.Equal([7, 9], second.Where(i => i != 1).Batch(0, 2).Ints("label").ToArray());
        Assert.Equal(4, Data.Take(4).Count);
        Assert.Equal(10, Data.Take(40).Count);
        Assert.Equal(["image", "label"], Data.Columns);
        Assert.Equal([1.5], new Dataset().With("x", [0.5, 1.5]).Batch(1, 1).Doubles("x").ToArray());
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Assert.Contains("'y' has 9 rows, but 'image' has 10", Assert.Throws<ArgumentException>(() => Data.With("y", new float[9])).Message);
        Assert.Contains("no multiple of its row size 3", Assert.Throws<ArgumentException>(() => Data.With("y", new float[10], 3)).Message);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => Data.With("label", new int[10])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.With("y", new int[10], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Batch(8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Split(double.NaN));
        Assert.Throws<InvalidOperationException>(() => Data.Shuffle(0).With("y", new int[10]));
        Assert.Contains("no float column 'lable'", Assert.Throws<ArgumentException>(() => Data.Batch(0, 1).Floats("lable")).Message);
    }
}
