namespace Balancing;

/// <summary>What an agent does in a state: one number for each action, of which the largest counts.</summary>
delegate void Scores(ReadOnlySpan<float> states, Span<float> scores);

/// <summary>The mean return of an agent that always takes the best action, over episodes that it has not learnt from.</summary>
static class Examination
{
    public static double MeanReturn(Scores agent, int episodes, int seed)
    {
        // All episodes at once: one call for a step of all of them.
        var carts = Enumerable.Range(0, episodes).Select(i => new CartPole(new Random(HashCode(seed, i)))).ToArray();
        foreach (var cart in carts) cart.Begin();
        float[] states = new float[episodes * CartPole.StateSize], scores = new float[episodes * CartPole.Actions];
        while (carts.Any(c => !c.IsOver))
        {
            for (int i = 0; i < episodes; i++) carts[i].CopyState(states.AsSpan(i * CartPole.StateSize));
            agent(states, scores);
            for (int i = 0; i < episodes; i++)
                if (!carts[i].IsOver) carts[i].Push(Best(scores.AsSpan(i * CartPole.Actions, CartPole.Actions)));
        }
        return carts.Average(c => c.Steps);
    }

    public static int Best(ReadOnlySpan<float> scores) => scores[1] > scores[0] ? 1 : 0;

    // Not System.HashCode, which is another one in every process.
    static int HashCode(int seed, int episode) => unchecked((seed * 1_000_003) ^ (episode * 7919));
}
