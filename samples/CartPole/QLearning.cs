namespace Balancing;

/// <summary>What each action is worth in a state.</summary>
[Model]
public partial class ActionValues
{
    readonly Linear hidden1 = new(128), hidden2 = new(128), output = new(CartPole.Actions);

    public Tensor Forward([Shape("N", CartPole.StateSize)] Tensor state) => state.Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);

    /// <summary>The distance of the value of the action that was taken from what it turned out to be worth; large ones count linearly.</summary>
    public Tensor Loss([Shape("N", CartPole.StateSize)] Tensor state, [Shape("N", 1)] IntTensor action, [Shape("N", 1)] Tensor worth) =>
        Forward(state).Gather(1, action).Huber(worth);
}

/// <summary>
/// Q-learning from a memory of transitions with a target network (V. Mnih et al. 2015), which follows slowly (T. P. Lillicrap et al. 2016); the learning network
/// chooses the next action, the target network says what it is worth (H. van Hasselt et al. 2016).
/// </summary>
static class QLearning
{
    const int Capacity = 50_000, Batch = 128, Warmup = 1000;
    const double Discount = 0.99, Follow = 0.005;

    /// <summary>Plays and learns until the examination is passed, or for so many steps.</summary>
    /// <returns>The agent, and the episodes it has played.</returns>
    public static (Scores Agent, int Episodes) Train(int steps, ulong seed, Action<string> report)
    {
        ActionValues learning = new(), target = new();
        learning.Initialize(seed);
        target.Parameters.CopyFrom(learning.Parameters);
        var adam = new Adam(5e-4) { MaxGradientNorm = 10 };
        var random = new Random((int)(seed % int.MaxValue));
        var memory = new Memory(Capacity);
        var cart = new CartPole(random);
        float[] state = new float[CartPole.StateSize], next = new float[CartPole.StateSize], scores = new float[CartPole.Actions];
        float[] states = new float[Batch * CartPole.StateSize], nexts = new float[Batch * CartPole.StateSize], worths = new float[Batch];
        float[] chosen = new float[Batch * CartPole.Actions], judged = new float[Batch * CartPole.Actions];
        int[] actions = new int[Batch];
        var ends = new bool[Batch];

        int episodes = 0;
        cart.Begin();
        for (int step = 1; step <= steps; step++)
        {
            cart.CopyState(state);
            // The share of random actions falls from 1 to 0.02 in the first 10,000 steps.
            int action = random.Next(CartPole.Actions);
            if (random.NextDouble() >= Math.Max(0.02, 1 - (step / 10_000.0)))
            {
                learning.Predict(state, scores);
                action = Examination.Best(scores);
            }
            cart.Push(action);
            cart.CopyState(next);
            memory.Add(state, action, next, cart.HasFallen);
            if (cart.IsOver)
            {
                cart.Begin();
                episodes++;
            }
            if (step < Warmup) continue;

            memory.Draw(random, states, actions, nexts, ends);
            learning.Predict(nexts, chosen);
            target.Predict(nexts, judged);
            for (int i = 0; i < Batch; i++)
            {
                int best = Examination.Best(chosen.AsSpan(i * CartPole.Actions, CartPole.Actions));
                worths[i] = (float)(1 + (ends[i] ? 0 : Discount * judged[(i * CartPole.Actions) + best]));
            }
            learning.TrainStep(states, actions, worths, adam);
            target.Parameters.MoveTowards(learning.Parameters, Follow);
            if (step % 2000 != 0) continue;
            // The slow copy is the steadier agent.
            double mean = Examination.MeanReturn(Agent, episodes: 50, seed: 1000 + step);
            report(FormattableString.Invariant($"step {step,6}   {episodes,5} episodes   mean return {mean:0.0} in 50 examinations"));
            if (mean >= 495) break;
        }
        return (Agent, episodes);

        void Agent(ReadOnlySpan<float> given, Span<float> values) => target.Predict(given, values);
    }

    /// <summary>The last transitions; new ones take the place of the oldest.</summary>
    sealed class Memory(int capacity)
    {
        readonly float[] states = new float[capacity * CartPole.StateSize], nexts = new float[capacity * CartPole.StateSize];
        readonly int[] actions = new int[capacity];
        readonly bool[] ends = new bool[capacity];
        int count, newest;

        public void Add(ReadOnlySpan<float> state, int action, ReadOnlySpan<float> next, bool isEnd)
        {
            state.CopyTo(states.AsSpan(newest * CartPole.StateSize));
            next.CopyTo(nexts.AsSpan(newest * CartPole.StateSize));
            (actions[newest], ends[newest]) = (action, isEnd);
            newest = (newest + 1) % capacity;
            count = Math.Min(count + 1, capacity);
        }

        public void Draw(Random random, Span<float> drawnStates, Span<int> drawnActions, Span<float> drawnNexts, Span<bool> drawnEnds)
        {
            for (int i = 0; i < drawnActions.Length; i++)
            {
                int row = random.Next(count);
                states.AsSpan(row * CartPole.StateSize, CartPole.StateSize).CopyTo(drawnStates[(i * CartPole.StateSize)..]);
                nexts.AsSpan(row * CartPole.StateSize, CartPole.StateSize).CopyTo(drawnNexts[(i * CartPole.StateSize)..]);
                (drawnActions[i], drawnEnds[i]) = (actions[row], ends[row]);
            }
        }
    }
}
