using ModelGen.Execution;

namespace ModelGen;

/// <summary>Some rows of a <see cref="Dataset"/>, column by column. The memory is reused for the next batch.</summary>
public sealed class Batch
{
    readonly Column[] columns;

    internal Batch(Column[] columns) => this.columns = columns;

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The rows of a float column, one after the other.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it is of another type; the message lists the columns.</exception>
    public ReadOnlySpan<float> Floats(string name) => Rows<float>(name, "float");

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<double> Doubles(string name) => Rows<double>(name, "double");

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<int> Ints(string name) => Rows<int>(name, "int");

    internal void Fill(Column[] source, ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < columns.Length; i++) columns[i].Gather(source[i], rows);
        Count = rows.Length;
    }

    ReadOnlySpan<T> Rows<T>(string name, string type) where T : unmanaged
    {
        foreach (var column in columns)
            if (column.Name == name && column is Column<T> found)
                return found.Data.AsSpan(0, Count * found.RowSize);
        throw new ArgumentException(
            $"The data has no {type} column '{name}'. Its columns are {string.Join(", ", columns.Select(c => $"{c.TypeName} '{c.Name}' (rows of {c.RowSize})"))}.", nameof(name));
    }
}
