namespace ModelGen.Execution;

/// <summary>One named column: a row of equal length for every example.</summary>
internal abstract class Column(string name, int rowSize)
{
    public string Name { get; } = name;
    public int RowSize { get; } = rowSize;
    public abstract string TypeName { get; }
    public abstract int Rows { get; }

    /// <summary>An empty column of the same kind, with room for <paramref name="rows"/> rows.</summary>
    public abstract Column Buffer(int rows);

    /// <summary>Copies rows of <paramref name="source"/>, which is of the same kind, to the front.</summary>
    public abstract void Gather(Column source, ReadOnlySpan<int> rows);
}

/// <summary>A column of float, double or int.</summary>
internal sealed class Column<T>(string name, int rowSize, T[] data) : Column(name, rowSize) where T : unmanaged
{
    public T[] Data { get; } = data;
    public override string TypeName => typeof(T) == typeof(float) ? "float" : typeof(T) == typeof(double) ? "double" : "int";
    public override int Rows => Data.Length / RowSize;
    public override Column Buffer(int rows) => new Column<T>(Name, RowSize, new T[checked(rows * RowSize)]);

    public override void Gather(Column source, ReadOnlySpan<int> rows)
    {
        var from = ((Column<T>)source).Data;
        for (int i = 0; i < rows.Length; i++)
            from.AsSpan(rows[i] * RowSize, RowSize).CopyTo(Data.AsSpan(i * RowSize));
    }
}
