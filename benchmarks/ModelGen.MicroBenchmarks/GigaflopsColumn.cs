using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace ModelGen.MicroBenchmarks;

/// <summary>Billions of floating-point operations a second (a multiply-add is two) in the fastest iteration.</summary>
internal sealed class GigaflopsColumn : IColumn
{
    public string Id => nameof(GigaflopsColumn);
    public string ColumnName => "GFLOP/s";
    public string Legend => "Billions of floating-point operations a second, in the fastest iteration";
    public bool AlwaysShow => false;
    public ColumnCategory Category => ColumnCategory.Statistics;
    public int PriorityInCategory => 0;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var work = benchmarkCase.Parameters.Items.Select(p => p.Value).OfType<IWork>().FirstOrDefault();
        return work is null || summary[benchmarkCase]?.ResultStatistics is not { } times ? "" : (2 * work.MultiplyAdds / times.Min).ToString("0.0", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(b => b.Parameters.Items.Any(p => p.Value is IWork));
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
