using System;
using PpoRisk;

/// <summary>
/// An environment whose best action is known: the first of two assets pays, the second costs. State: [7], no prior.
/// </summary>
internal class Simulator : IHostEnvironment
{
    internal const int S = 7;
    internal const int A = 3;

    internal const string Spec =
        "{\"assets\": [\"GOOD\", \"BAD\"],"
        + " \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
        + " \"action\": {\"distribution\": \"gaussian\", \"cash\": true},"
        + " \"network\": {\"mlp\": {\"hidden\": [16], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

    private readonly int[] ages = new int[64];
    internal long Steps;
    internal long FailStepAt = -1;
    internal bool FailReset;
    internal Action OnStep = () => { };

    public void Reset(long env, ulong seed, float[] state, double[] prior)
    {
        if (FailReset)
        {
            throw new InvalidOperationException("no reset today");
        }
        Check.That(state.Length == S && prior.Length == 0, "lengths of state and prior");
        ages[env] = 0;
        Fill((uint)env, state);
    }

    public StepResult Step(long env, double[] weights, float[] state, double[] prior)
    {
        if (++Steps == FailStepAt)
        {
            throw new InvalidOperationException("the simulator broke at step " + Steps);
        }
        OnStep();
        Check.That(weights.Length == A, "length of weights");
        Fill((uint)(Steps % 1000), state);
        return new StepResult
        {
            Reward = Earned(weights),
            Terminated = ++ages[env] % 10 == 9,
        };
    }

    /// <summary>What other weights would have earned.</summary>
    internal static double Earned(double[] weights)
    {
        return 0.01 * weights[0] - 0.01 * weights[1];
    }

    internal static void Fill(uint k, float[] state)
    {
        uint seed = unchecked(2654435761u * (k + 1u));
        for (int i = 0; i < S; i++)
        {
            seed = unchecked(seed * 1664525u + 1013904223u);
            state[i] = (seed >> 8) / 16777216.0f * 0.1f - 0.05f;
        }
    }

    internal static Config Settings(ulong updates)
    {
        return new Config
        {
            Seed = 11,
            NEnvs = 8,
            NSteps = 32,
            BatchSize = 64,
            TotalSteps = updates * 256,
            LearningRate = 0.01,
            Gamma = 0.5,
            Device = Device.Cpu,
        };
    }

    /// <summary>The weight of the asset that pays, over some states.</summary>
    internal static double Gain(Agent agent)
    {
        var state = new float[S];
        var weights = new double[A];
        double sum = 0.0;
        for (uint k = 0; k < 8; k++)
        {
            Fill(k, state);
            agent.SelectAction(state, null, weights);
            sum += weights[0] / 8.0;
        }
        return sum;
    }
}
