using System.Globalization;
using Spectre.Console;

namespace FashionMnist;

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
        // A redirected console has no width; wrapped lines are hard to read.
        if (!moving) console.Profile.Width = 200;
    }

    public void Line(FormattableString text) => console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs the training under a progress bar, or with a line for each epoch.</summary>
    public void Training(int epochs, Action<Action<StepProgress>, Action<EpochResult>> train)
    {
        if (!moving)
        {
            train(_ => { }, e => Line($"epoch {e.Epoch,3} of {epochs}   loss {e.Loss:0.0000}   {e.Duration.TotalSeconds:0.0} s"));
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

    public void Classes(IReadOnlyList<(int Correct, int Count)> classes)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn("recognised").RightAligned());
        for (int c = 0; c < classes.Count; c++)
            table.AddRow(FashionData.ClassNames[c], string.Create(CultureInfo.InvariantCulture, $"{classes[c].Correct} of {classes[c].Count}"));
        console.Write(table);
    }
}
