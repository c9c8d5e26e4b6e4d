namespace ModelGen.Runtime.Tests.Surface;

/// <summary>Which code a scope holds for, and when it ends.</summary>
public sealed class EagerModeTests
{
    [Fact]
    public Task A_scope_goes_on_behind_an_await_and_ends_there() => Task.Run(OnTwoThreads);

    static async Task OnTwoThreads()
    {
        int first = Environment.CurrentManagedThreadId;
        using (EagerMode.Training(seed: 3))
        using (EagerMode.MixedPrecision(StorageFormat.BFloat16))
        {
            // A thread of its own, on which the rest of this method then runs.
            await Task.Factory.StartNew(() => Thread.Sleep(20), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            Assert.NotEqual(first, Environment.CurrentManagedThreadId);
            Assert.True(EagerMode.IsTraining);
            Assert.Equal(StorageFormat.BFloat16, EagerMode.Storage);
        }
        Assert.False(EagerMode.IsTraining);
        Assert.Equal(StorageFormat.Precision, EagerMode.Storage);
    }

    [Fact]
    public void A_scope_that_another_thread_disposes_is_over_everywhere()
    {
        var scope = EagerMode.Training();
        var rounding = EagerMode.MixedPrecision(StorageFormat.Float16);
        bool inside = false, after = true;
        var thread = new Thread(() =>
        {
            inside = EagerMode.IsTraining && EagerMode.Storage == StorageFormat.Float16;
            scope.Dispose();
            using (EagerMode.Inference()) rounding.Dispose();
            after = EagerMode.IsTraining || EagerMode.Storage != StorageFormat.Precision;
        });
        thread.Start();
        thread.Join();
        Assert.True(inside);
        Assert.False(after);
        Assert.False(EagerMode.IsTraining);
        Assert.Equal(StorageFormat.Precision, EagerMode.Storage);
    }

    [Fact]
    public void Scopes_end_in_any_order()
    {
        var a = EagerMode.Training(seed: 1);
        var b = EagerMode.Inference(seed: 2);
        a.Dispose();
        Assert.Equal((2UL, false), (EagerMode.Source.Seed, EagerMode.IsTraining));
        b.Dispose();
        Assert.Null(EagerMode.Current);
        var outer = EagerMode.MixedPrecision(StorageFormat.BFloat16);
        var inner = EagerMode.MixedPrecision(StorageFormat.Float16);
        outer.Dispose();
        Assert.Equal(StorageFormat.Float16, EagerMode.Storage);
        inner.Dispose();
        Assert.Equal(StorageFormat.Precision, EagerMode.Storage);
    }

    [Fact]
    public void A_scope_that_begins_on_another_thread_is_not_seen_here()
    {
        using (EagerMode.Training())
        {
            var thread = new Thread(() => _ = EagerMode.Inference());
            thread.Start();
            thread.Join();
            Assert.True(EagerMode.IsTraining);
        }
        Assert.False(EagerMode.IsTraining);
    }
}
