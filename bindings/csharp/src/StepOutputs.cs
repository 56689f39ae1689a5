using System;

namespace PpoRisk
{
    /// <summary>
    /// Where a step writes: arrays of the caller's, each null where it is not wanted. May be used again and again.
    /// </summary>
    public sealed class StepOutputs
    {
        /// <summary>The rewards to learn from: raw, less the prior's portfolio's with ControlVariate.PriorPath: [E].</summary>
        public double[] Rewards { get; set; }

        /// <summary>The rewards of the mode as they are: [E].</summary>
        public double[] RawRewards { get; set; }

        /// <summary>
        /// With ControlVariate.SelfCritical the raw rewards of the deterministic actions on the same returns; else 0: [E].
        /// </summary>
        public double[] BaselineRewards { get; set; }

        /// <summary>Net simple returns of the portfolios: [E].</summary>
        public double[] NetReturns { get; set; }

        /// <summary>One-way turnovers of the trades: [E].</summary>
        public double[] Turnovers { get; set; }

        /// <summary>Costs of the trades as fractions of the values before them: [E].</summary>
        public double[] Costs { get; set; }

        /// <summary>1 where a portfolio is ruined and nothing follows, else 0: [E].</summary>
        public byte[] Terminated { get; set; }

        /// <summary>1 where an episode or the prices ended, but would have gone on, else 0: [E].</summary>
        public byte[] Truncated { get; set; }

        /// <summary>What an agent sees next; after the end of an episode the next one's first state: [E * S].</summary>
        public float[] States { get; set; }

        /// <summary>The states in which episodes ended; other rows have no meaning: [E * S].</summary>
        public float[] FinalStates { get; set; }

        /// <summary>The prior's weights beside States: [E * A].</summary>
        public double[] Prior { get; set; }

        /// <summary>
        /// The library is told one length for arrays of a kind: what it would write beyond another is refused here, in its
        /// words.
        /// </summary>
        internal void CheckLengths(long environments, long states, long actions)
        {
            Expect(Rewards, "rewards", environments);
            Expect(RawRewards, "raw_rewards", environments);
            Expect(BaselineRewards, "baseline_rewards", environments);
            Expect(NetReturns, "net_returns", environments);
            Expect(Turnovers, "turnovers", environments);
            Expect(Costs, "costs", environments);
            Expect(Terminated, "terminated", environments);
            Expect(Truncated, "truncated", environments);
            Expect(States, "states", environments * states);
            Expect(FinalStates, "final_states", environments * states);
            Expect(Prior, "prior", environments * actions);
        }

        private static void Expect(Array array, string name, long length)
        {
            if (array != null && array.Length != length)
            {
                throw new PpoException(
                    Status.Length, $"ppo_env_step: `outputs.{name}` has length {array.Length}, expected {length}");
            }
        }
    }
}
