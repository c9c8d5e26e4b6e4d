namespace Balancing;

/// <summary>
/// A pole on a cart that is pushed to the left or to the right (A. G. Barto, R. S. Sutton and C. W. Anderson 1983; without friction, with the constants and the
/// limits that have become usual: 0.02 s a step, 10 N, a return of 1 for every step, the end at 12 degrees, at 2.4 m or after 500 steps).
/// </summary>
sealed class CartPole(Random random)
{
    public const int StateSize = 4, Actions = 2, MaxSteps = 500;

    const double Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, Force = 10, TimeStep = 0.02, LargestAngle = 12 * Math.PI / 180, LargestPosition = 2.4;

    double position, velocity, angle, angularVelocity;

    /// <summary>Steps since the beginning: the return so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The pole has fallen, or the cart has left the track.</summary>
    public bool HasFallen => Math.Abs(position) > LargestPosition || Math.Abs(angle) > LargestAngle;

    /// <summary>Nothing more happens.</summary>
    public bool IsOver => HasFallen || Steps >= MaxSteps;

    /// <summary>Near the upright position: each number uniform in ±0.05.</summary>
    public void Begin()
    {
        (position, velocity, angle, angularVelocity) = (Draw(), Draw(), Draw(), Draw());
        Steps = 0;

        double Draw() => (random.NextDouble() * 0.1) - 0.05;
    }

    /// <summary>Position, velocity, angle and angular velocity.</summary>
    public void CopyState(Span<float> state) => (state[0], state[1], state[2], state[3]) = ((float)position, (float)velocity, (float)angle, (float)angularVelocity);

    /// <summary>One step of Euler's method.</summary>
    /// <param name="action">0: to the left; 1: to the right.</param>
    public void Push(int action)
    {
        double force = action == 1 ? Force : -Force, sin = Math.Sin(angle), cos = Math.Cos(angle);
        double pushed = (force + (PoleMass * HalfLength * angularVelocity * angularVelocity * sin)) / (CartMass + PoleMass);
        double angularAcceleration = ((Gravity * sin) - (cos * pushed)) / (HalfLength * ((4.0 / 3) - (PoleMass * cos * cos / (CartMass + PoleMass))));
        double acceleration = pushed - (PoleMass * HalfLength * angularAcceleration * cos / (CartMass + PoleMass));
        position += TimeStep * velocity;
        velocity += TimeStep * acceleration;
        angle += TimeStep * angularVelocity;
        angularVelocity += TimeStep * angularAcceleration;
        Steps++;
    }
}
