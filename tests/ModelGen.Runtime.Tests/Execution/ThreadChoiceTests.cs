namespace ModelGen.Execution.Tests;

public class ThreadChoiceTests
{
    [Theory]
    [InlineData(10, 30, true)]    // the team is faster
    [InlineData(30, 10, false)]   // one thread is faster
    public void Settles_on_what_is_faster_and_tries_the_other_now_and_then(long team, long single, bool expected)
    {
        var choice = new ThreadChoice();
        var chosen = Enumerable.Range(0, 640).Select(_ => Call(choice, team, single)).ToArray();
        Assert.Equal(10, chosen.Skip(64).Count(c => c != expected) + 1);   // one call in 64, and one group of 64 is left out
    }

    [Fact]
    public void Follows_a_change()
    {
        var choice = new ThreadChoice();
        for (int i = 0; i < 100; i++) Call(choice, team: 10, single: 30);
        for (int i = 0; i < 200; i++) Call(choice, team: 100, single: 60);   // the machine has become busy
        Assert.False(choice.Next());
        for (int i = 0; i < 1000; i++) Call(choice, team: 10, single: 30);
        Assert.True(choice.Next());
    }

    static bool Call(ThreadChoice choice, long team, long single)
    {
        bool isTeam = choice.Next();
        choice.Measured(isTeam, isTeam ? team : single, multiplyAdds: 1);
        return isTeam;
    }
}
