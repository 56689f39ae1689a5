using System;

namespace PpoRisk
{
    /// <summary>
    /// Environments side by side over a market: those that a trainer with the same configuration learns in, for host
    /// programs with a learner of their own. One call at a time; steps allocate nothing.
    /// </summary>
    public sealed unsafe partial class Environments
    {
        private static readonly StepOutputs Nowhere = new StepOutputs();

        private int environments;
        private int stateLength;
        private int actionLength;
        private StepOutputsData empty;

        /// <summary>Environments for an agent's policy, each at the first state of its first episode.</summary>
        /// <param name="agent">the agent, of which the spec alone is used</param>
        /// <param name="market">prices or a simulation with the spec's assets and columns</param>
        /// <param name="count">number of environments, E</param>
        /// <param name="config">seed, balance, cost rate, episode length, reward and control variate; null for the defaults</param>
        /// <param name="firstIndex">number of the first environment's random stream under the seed</param>
        public Environments(Agent agent, Market market, int count = 1, Config config = null, ulong firstIndex = 0)
            : this(Make(agent, market, count, config, firstIndex))
        {
        }

        partial void Made()
        {
            environments = Count;
            stateLength = StateLength;
            actionLength = ActionLength;
            empty = StepOutputsData.Blank();
            empty.Len = (ulong)environments;
            empty.StatesLen = (ulong)environments * (ulong)stateLength;
            empty.PriorLen = (ulong)environments * (ulong)actionLength;
        }

        /// <summary>Environments for a policy's spec, without an agent.</summary>
        public static Environments FromSpec(
            string specJson, Market market, int count = 1, Config config = null, ulong firstIndex = 0)
        {
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            fixed (byte* spec = Text.Bytes(specJson, nameof(specJson)))
            {
                Native.Check(Native.ppo_env_new_from_spec(
                    spec, over, config, firstIndex, Arrays.Index(count), out var made));
                return new Environments(made);
            }
        }

        /// <summary>
        /// Takes one sampled action in every environment: trades and pays at this close, and holds to the next. An
        /// environment whose episode ends begins the next one at once.
        /// </summary>
        /// <param name="actions">the actions as SampleAction gives them: [E * A]</param>
        /// <param name="outputs">where to write; null for nowhere</param>
        /// <param name="deterministic">
        /// scores of the deterministic actions, which ControlVariate.SelfCritical needs: [E * A]; null otherwise
        /// </param>
        public void Step(float[] actions, StepOutputs outputs = null, float[] deterministic = null)
        {
            fixed (float* a = Arrays.Pinnable(actions), d = Arrays.Pinnable(deterministic))
            {
                Step(outputs, a, Arrays.Length(actions), d, Arrays.Length(deterministic), null, UIntPtr.Zero);
            }
        }

        /// <summary>Takes target weights as they are, but for the spec's caps and floors, in every environment: [E * A].</summary>
        public void StepWeights(double[] weights, StepOutputs outputs = null)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Step(outputs, null, UIntPtr.Zero, null, UIntPtr.Zero, w, Arrays.Length(weights), true);
            }
        }

        /// <summary>Copies out the portfolios at this close. Where an episode has just ended, the next one's.</summary>
        /// <param name="values">gets their values: [E]; may be null</param>
        /// <param name="drawdowns">gets their drawdowns, in [0, 1]: [E]; may be null</param>
        /// <param name="weights">gets the weights held, assets and then cash: [E * (N + 1)]; may be null</param>
        public void Portfolios(double[] values, double[] drawdowns, double[] weights = null)
        {
            if (values != null && drawdowns != null && values.Length != drawdowns.Length)
            {
                throw new PpoException(
                    Status.Length,
                    $"ppo_env_portfolios: `drawdowns` has length {drawdowns.Length}, expected {values.Length}");
            }
            fixed (double* v = Arrays.Pinnable(values), d = Arrays.Pinnable(drawdowns), w = Arrays.Pinnable(weights))
            {
                var length = values ?? drawdowns;
                Native.Check(Native.ppo_env_portfolios(
                    Handle, v, d, length == null ? (UIntPtr)(uint)environments : Arrays.Length(length), w, Arrays.Length(weights)));
            }
        }

        /// <summary>
        /// Takes the episodes that have ended since the last call, in the order in which they ended, as many as there is
        /// room for. Answers how many were taken.
        /// </summary>
        public int TakeEpisodes(Episode[] episodes)
        {
            fixed (Episode* start = Arrays.Pinnable(episodes))
            {
                Native.Check(Native.ppo_env_take_episodes(Handle, start, Arrays.Length(episodes), out var taken));
                return Arrays.Size(taken);
            }
        }

        private static IntPtr Make(Agent agent, Market market, int count, Config config, ulong firstIndex)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            Native.Check(Native.ppo_env_new(of, over, config, firstIndex, Arrays.Index(count), out var made));
            return made;
        }

        /// <summary>A step by actions, or by weights.</summary>
        private void Step(
            StepOutputs outputs,
            float* actions,
            UIntPtr actionsLength,
            float* deterministic,
            UIntPtr deterministicLength,
            double* weights,
            UIntPtr weightsLength,
            bool byWeights = false)
        {
            outputs = outputs ?? Nowhere;
            outputs.CheckLengths(environments, stateLength, actionLength);
            fixed (double* rewards = outputs.Rewards,
                rawRewards = outputs.RawRewards,
                baselineRewards = outputs.BaselineRewards,
                netReturns = outputs.NetReturns,
                turnovers = outputs.Turnovers,
                costs = outputs.Costs,
                prior = outputs.Prior)
            fixed (byte* terminated = outputs.Terminated, truncated = outputs.Truncated)
            fixed (float* states = outputs.States, finalStates = outputs.FinalStates)
            {
                var data = empty;
                data.Rewards = rewards;
                data.RawRewards = rawRewards;
                data.BaselineRewards = baselineRewards;
                data.NetReturns = netReturns;
                data.Turnovers = turnovers;
                data.Costs = costs;
                data.Terminated = terminated;
                data.Truncated = truncated;
                data.States = states;
                data.FinalStates = finalStates;
                data.Prior = prior;
                Native.Check(byWeights
                    ? Native.ppo_env_step_weights(Handle, weights, weightsLength, &data)
                    : Native.ppo_env_step(Handle, actions, actionsLength, deterministic, deterministicLength, &data));
            }
        }
    }
}
