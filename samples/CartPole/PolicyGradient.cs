namespace Balancing;

/// <summary>The actor: which way to push. The critic: what return is to be expected, which is what an action is compared with.</summary>
[Model]
public partial class ActorCritic
{
    readonly Body actor = new(CartPole.Actions), critic = new(1);

    public (Tensor Scores, Tensor Value) Forward([Shape("N", CartPole.StateSize)] Tensor state) => (state.Apply(actor), state.Apply(critic));

    /// <summary>REINFORCE (R. J. Williams 1992): -ln π(action | state), weighted with how much better the action was than expected.</summary>
    [Objective(Parameters = [nameof(actor)])]
    public Tensor Improve([Shape("N", CartPole.StateSize)] Tensor state, [Shape("N")] IntTensor action, [Shape("N")] Tensor advantage) =>
        (state.Apply(actor).CrossEntropy(action, reduction: Reduction.None) * advantage).Mean();

    /// <summary>The baseline: the squared error of the expected return.</summary>
    [Objective(Parameters = [nameof(critic)])]
    public Tensor Expect([Shape("N", CartPole.StateSize)] Tensor state, [Shape("N", 1)] Tensor outcome) => state.Apply(critic).MeanSquaredError(outcome);
}

/// <summary>Two hidden layers.</summary>
[Layer]
public partial class Body(int outputs) : ILayer
{
    readonly Linear hidden1 = new(64), hidden2 = new(64), output = new(outputs);

    public Tensor Forward(Tensor state) => state.Apply(hidden1).Tanh().Apply(hidden2).Tanh().Apply(output);
}

/// <summary>REINFORCE with a learned baseline, on several episodes at a time.</summary>
static class PolicyGradient
{
    const double Discount = 0.99;

    /// <summary>Plays and learns until the examination is passed, or for so many updates.</summary>
    /// <returns>The agent, and the episodes it has played.</returns>
    public static (Scores Agent, int Episodes) Train(int updates, int episodes, ulong seed, Action<string> report)
    {
        var model = new ActorCritic();
        model.Initialize(seed);
        Adam improve = new(5e-3), expect = new(5e-3);
        var random = new Random((int)(seed % int.MaxValue));
        var carts = Enumerable.Range(0, episodes).Select(_ => new CartPole(random)).ToArray();
        void Agent(ReadOnlySpan<float> states, Span<float> scores) => model.Predict(states, scores, new float[scores.Length / CartPole.Actions]);

        int played = 0;
        for (int update = 1; update <= updates; update++)
        {
            var play = Play(model, carts, random);
            played += episodes;
            // Returns from the end of each episode. An episode that was cut off after 500 steps goes on without us: the critic says what is missing.
            int count = play.Sum(p => p.Actions.Count);
            float[] states = [.. play.SelectMany(p => p.States)], outcomes = new float[count], advantages = new float[count];
            int[] actions = [.. play.SelectMany(p => p.Actions)];
            float[] expected = new float[count], scores = new float[count * CartPole.Actions];
            model.Predict(states, scores, expected);
            int next = 0;
            for (int e = 0; e < episodes; e++)
            {
                int length = play[e].Actions.Count;
                double outcome = carts[e].HasFallen ? 0 : expected[next + length - 1] * Scale;
                for (int t = length - 1; t >= 0; t--) outcomes[next + t] = (float)((outcome = 1 + (Discount * outcome)) / Scale);
                next += length;
            }
            for (int i = 0; i < count; i++) advantages[i] = outcomes[i] - expected[i];
            Normalize(advantages);
            model.ImproveStep(states, actions, advantages, improve);
            for (int i = 0; i < 10; i++) model.ExpectStep(states, outcomes, expect);
            if (update % 5 != 0) continue;
            double mean = Examination.MeanReturn(Agent, episodes: 50, seed: 1000 + update);
            report(FormattableString.Invariant($"update {update,4}   {played,5} episodes   mean return {(double)count / episodes:0.0} while learning, {mean:0.0} in 50 examinations"));
            if (mean >= 495) break;
        }
        return (Agent, played);
    }

    // Discounted returns are at most 100: the critic works with numbers around 1.
    const double Scale = 50;

    sealed record Episode(List<float> States, List<int> Actions);

    /// <summary>Plays all episodes side by side, with actions drawn from the policy.</summary>
    static Episode[] Play(ActorCritic model, CartPole[] carts, Random random)
    {
        var play = carts.Select(_ => new Episode([], [])).ToArray();
        float[] states = new float[carts.Length * CartPole.StateSize], scores = new float[carts.Length * CartPole.Actions], values = new float[carts.Length];
        foreach (var cart in carts) cart.Begin();
        while (carts.Any(c => !c.IsOver))
        {
            for (int i = 0; i < carts.Length; i++) carts[i].CopyState(states.AsSpan(i * CartPole.StateSize));
            model.Predict(states, scores, values);
            for (int i = 0; i < carts.Length; i++)
            {
                if (carts[i].IsOver) continue;
                double right = 1 / (1 + Math.Exp(scores[2 * i] - scores[(2 * i) + 1]));
                int action = random.NextDouble() < right ? 1 : 0;
                play[i].States.AddRange(states.AsSpan(i * CartPole.StateSize, CartPole.StateSize));
                play[i].Actions.Add(action);
                carts[i].Push(action);
            }
        }
        return play;
    }

    // Mean 0 and deviation 1: the size of a step does not depend on the size of the returns.
    static void Normalize(float[] values)
    {
        double mean = values.Average(v => (double)v), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        for (int i = 0; i < values.Length; i++) values[i] = (float)((values[i] - mean) / (deviation + 1e-8));
    }
}
