using System.Globalization;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Examples in memory: named columns, one row per example. Immutable; shuffles, splits and selections share the data.
/// <code>var data = new Dataset().With("image", pixels, rowSize: 784).With("label", labels);</code>
/// </summary>
public sealed class Dataset
{
    readonly Column[] columns;
    readonly int[]? rows;   // null: all rows in order

    /// <summary>A dataset without columns; add some with <see cref="With(string, float[], int)"/>.</summary>
    public Dataset() : this([], null) { }

    Dataset(Column[] columns, int[]? rows) => (this.columns, this.rows) = (columns, rows);

    /// <summary>The number of examples.</summary>
    public int Count => rows?.Length ?? (columns.Length == 0 ? 0 : columns[0].Rows);

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => Array.ConvertAll(columns, c => c.Name);

    /// <summary>This dataset with one column more.</summary>
    /// <param name="name">The name of the parameter of <c>Loss</c> that takes it.</param>
    /// <param name="data">All rows, one after the other. It is not copied.</param>
    /// <param name="rowSize">Elements in one row.</param>
    /// <exception cref="ArgumentException">The name is taken, the length is no multiple of the row size, or the number of rows is not that of the other columns.</exception>
    public Dataset With(string name, float[] data, int rowSize = 1) => Add(name, data, rowSize);

    /// <inheritdoc cref="With(string, float[], int)"/>
    public Dataset With(string name, double[] data, int rowSize = 1) => Add(name, data, rowSize);

    /// <inheritdoc cref="With(string, float[], int)"/>
    public Dataset With(string name, int[] data, int rowSize = 1) => Add(name, data, rowSize);

    /// <summary>This dataset with one column more, of 64-bit integers (NumPy's labels): indices are 32-bit here, so they are copied and checked once.</summary>
    /// <param name="name">The name of the parameter of <c>Loss</c> that takes it.</param>
    /// <param name="data">All rows, one after the other.</param>
    /// <param name="rowSize">Elements in one row.</param>
    /// <exception cref="ArgumentException">As for the other columns; or an element does not fit into 32 bits.</exception>
    public Dataset With(string name, long[] data, int rowSize = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Add(name, Narrowed(data, name), rowSize);
    }

    static int[] Narrowed(long[] data, string name)
    {
        var narrow = new int[data.Length];
        for (int i = 0; i < data.Length; i++)
            narrow[i] = data[i] is >= int.MinValue and <= int.MaxValue ? (int)data[i] : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Element {i} of '{name}' is {data[i]}, but labels and indices are 32-bit integers."), nameof(data));
        return narrow;
    }

    /// <summary>The same examples in a random order, which the seed decides.</summary>
    public Dataset Shuffle(ulong seed)
    {
        var order = Order();
        RowOrder.Shuffle(order, seed, 0);
        return new Dataset(columns, order);
    }

    /// <summary>Cuts in two: the first <paramref name="fraction"/> of the examples, and the rest. Shuffle first where the order means something.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in [0, 1].</exception>
    public (Dataset First, Dataset Second) Split(double fraction)
    {
        if (!(fraction is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction must lie in [0, 1].");
        var order = Order();
        int cut = (int)Math.Round(order.Length * fraction, MidpointRounding.AwayFromZero);
        return (new Dataset(columns, order[..cut]), new Dataset(columns, order[cut..]));
    }

    /// <summary>The examples whose position in this dataset satisfies the condition.</summary>
    public Dataset Where(Func<int, bool> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Dataset(columns, Order().Where((_, i) => row(i)).ToArray());
    }

    /// <summary>The first examples, at most <paramref name="count"/>.</summary>
    public Dataset Take(int count) => new(columns, Order()[..Math.Clamp(count, 0, Count)]);

    /// <summary>A batch of the examples [<paramref name="start"/>, <paramref name="start"/> + <paramref name="count"/>), with memory of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the dataset.</exception>
    public Batch Batch(int start, int count)
    {
        if (start < 0 || count < 0 || start > Count - count) throw new ArgumentOutOfRangeException(nameof(start), start,
            string.Create(CultureInfo.InvariantCulture, $"The {count} examples from {start} on leave the dataset, which has {Count}."));
        var batch = NewBatch(count);
        Fill(batch, Order().AsSpan(start, count));
        return batch;
    }

    internal Batch NewBatch(int capacity) => new(Array.ConvertAll(columns, c => c.Buffer(capacity)));

    /// <summary>The rows of the columns, in this dataset's order.</summary>
    internal int[] Order() => (int[]?)rows?.Clone() ?? Enumerable.Range(0, Count).ToArray();

    internal void Fill(Batch batch, ReadOnlySpan<int> order) => batch.Fill(columns, order);

    Dataset Add<T>(string name, T[] data, int rowSize) where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(data);
        if (rows is not null) throw new InvalidOperationException($"Column '{name}' comes too late: add all columns before shuffling, splitting or selecting.");
        if (rowSize < 1) throw new ArgumentOutOfRangeException(nameof(rowSize), rowSize, $"A row of '{name}' needs at least 1 element.");
        if (columns.Any(c => c.Name == name)) throw new ArgumentException($"There is a column '{name}' already.", nameof(name));
        if (data.Length % rowSize != 0) throw new ArgumentException(
            $"'{name}' has {data.Length} elements, which is no multiple of its row size {rowSize}.", nameof(data));
        var column = new Column<T>(name, rowSize, data);
        if (columns.Length > 0 && column.Rows != Count) throw new ArgumentException(
            $"'{name}' has {column.Rows} rows, but '{columns[0].Name}' has {Count}.", nameof(data));
        return new Dataset([.. columns, column], null);
    }
}
