using System.Globalization;
using Spectre.Console;

namespace Digits;

/// <summary>What the sample prints. Redirected output gets plain lines: no colours, no moving bars.</summary>
sealed class Screen
{
    readonly IAnsiConsole console;
    readonly bool moving = !Console.IsOutputRedirected;

    public Screen()
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = moving ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = moving ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = moving ? InteractionSupport.Detect : InteractionSupport.No,
        });
        // A redirected console has no width; wrapped tables are hard to read.
        if (!moving) console.Profile.Width = 120;
    }

    public void Line(FormattableString text) => console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs the training under a progress bar, or with a line for every few epochs.</summary>
    public void Training(int epochs, Action<Action<StepProgress>, Action<EpochResult>> train)
    {
        if (!moving)
        {
            int every = Math.Max(1, epochs / 5);
            train(_ => { }, e => { if (e.Epoch % every == 0 || e.Epoch == epochs) Line($"epoch {e.Epoch,3} of {epochs}   loss {e.Loss:0.0000}"); });
            return;
        }
        console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(context =>
        {
            var bar = context.AddTask("training", maxValue: epochs);
            train(
                p => bar.Value = p.Epoch - 1 + ((double)p.Step / p.Steps),
                e => bar.Description = string.Create(CultureInfo.InvariantCulture, $"epoch {e.Epoch,3}, loss {e.Loss:0.0000}"));
        });
    }

    public void ConfusionMatrix(Predictions predictions)
    {
        var table = new Table().Border(TableBorder.Simple).Title("Test digits (rows) and what they were taken for (columns)");
        table.AddColumn("");
        for (int answer = 0; answer < DigitData.Classes; answer++) table.AddColumn(new TableColumn(Text(answer)).RightAligned());
        for (int label = 0; label < DigitData.Classes; label++)
        {
            int row = label;
            table.AddRow([Text(label), .. Enumerable.Range(0, DigitData.Classes).Select(answer => Cell(row, answer, predictions.Confused(row, answer)))]);
        }
        console.Write(table);

        static string Cell(int label, int answer, int count) =>
            count == 0 ? "[grey].[/]" : label == answer ? $"[green]{Text(count)}[/]" : $"[red]{Text(count)}[/]";
    }

    /// <summary>Draws digits side by side, two characters a pixel.</summary>
    public void Digits(DigitData data, Predictions predictions, IReadOnlyList<int> examples)
    {
        const string Shades = " .:-=+*#%@";
        for (int row = 0; row < 8; row++)
            Line($"{string.Join("   ", examples.Select(e => string.Concat(data.Image(e).Slice(row * 8, 8).ToArray().Select(p => new string(Shades[(int)(p * (Shades.Length - 1))], 2)))))}");
        Line($"{string.Join("   ", examples.Select(e => $"{Text(predictions[e])}{(predictions[e] == data.Labels[e] ? "" : $" (is a {Text(data.Labels[e])})")}".PadRight(16)))}");
        Line($"");
    }

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
