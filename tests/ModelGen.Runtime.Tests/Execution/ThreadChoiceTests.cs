namespace ModelGen.Execution.Tests;

public class ThreadChoiceTests
{
    [Theory]
    [InlineData(10, 30, 2)]   // the team is faster
    [InlineData(30, 10, 1)]   // one thread is faster
    public void Settles_on_what_is_faster_and_tries_the_other_ever_more_rarely(long team, long single, int expected)
    {
        var choice = new ThreadChoice();
        var chosen = Enumerable.Range(0, 4096).Select(_ => Call(choice, 2, threads => threads == 2 ? team : single)).ToArray();
        Assert.InRange(chosen.Skip(64).Take(960).Count(c => c != expected), 2, 5);
        Assert.InRange(chosen.Skip(1024).Count(c => c != expected), 4, 8);
    }

    [Fact]
    public void Follows_a_change()
    {
        var choice = new ThreadChoice();
        for (int i = 0; i < 100; i++) Call(choice, 2, threads => threads == 2 ? 10 : 20);
        for (int i = 0; i < 4; i++) Call(choice, 2, threads => threads == 2 ? 100 : 40);   // the machine has become busy
        Assert.Equal(1, choice.Next(2));
        for (int i = 0; i < 600; i++) Call(choice, 2, threads => threads == 2 ? 100 : 40);
        Assert.Equal(1, choice.Next(2));
        for (int i = 0; i < 600; i++) Call(choice, 2, threads => threads == 2 ? 10 : 20);
        Assert.Equal(2, choice.Next(2));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(6)]
    [InlineData(3)]
    [InlineData(1)]
    public void Finds_the_best_of_many(int best)
    {
        var choice = new ThreadChoice();
        for (int i = 0; i < 1000; i++) Call(choice, 12, threads => 100 + Math.Abs(threads - best));
        var chosen = Enumerable.Range(0, 200).Select(_ => Call(choice, 12, threads => 100 + Math.Abs(threads - best))).ToArray();
        Assert.InRange(chosen.Count(c => c == best), 195, 200);
    }

    [Fact]
    public void A_new_number_of_threads_is_measured_afresh()
    {
        var choice = new ThreadChoice();
        for (int i = 0; i < 100; i++) Call(choice, 2, threads => threads == 2 ? 30 : 10);
        Assert.Equal(4, choice.Next(4));
        for (int i = 0; i < 500; i++) Call(choice, 4, threads => 100 / threads);
        Assert.Equal(4, choice.Next(4));
    }

    static int Call(ThreadChoice choice, int threads, Func<int, long> time)
    {
        int chosen = choice.Next(threads);
        choice.Measured(threads, chosen, time(chosen), multiplyAdds: 1);
        return chosen;
    }
}
