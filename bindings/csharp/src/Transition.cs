using System;

namespace PpoRisk
{
    /// <summary>One decision of a live agent and what came of it.</summary>
    public sealed class Transition
    {
        /// <summary>
        /// Which sequence it continues, from 0, below NEnvs: one for each account or market. The transitions of a
        /// sequence come in the order of time, none left out.
        /// </summary>
        public ulong Env { get; set; }

        /// <summary>State that the decision was taken in, as SampleAction was given it.</summary>
        public float[] State { get; set; }

        /// <summary>Prior's weights there, as SampleAction was given them; null where the policy has no prior.</summary>
        public double[] Prior { get; set; }

        /// <summary>The action, as SampleAction wrote it.</summary>
        public float[] Action { get; set; }

        /// <summary>State that it led to, at the end of an episode its final one. May be null where Terminated.</summary>
        public float[] NextState { get; set; }

        /// <summary>
        /// Log-probability density of the action, as SampleAction answered it. NaN, as at first: the agent's policy of now
        /// is asked, which is right as long as no update lies between the decision and this call.
        /// </summary>
        public double LogProb { get; set; } = double.NaN;

        /// <summary>The reward, finite.</summary>
        public double Reward { get; set; }

        /// <summary>Whether nothing follows: the future is worth nothing.</summary>
        public bool Terminated { get; set; }

        /// <summary>Whether the episode was cut off and would have gone on. Never together with Terminated.</summary>
        public bool Truncated { get; set; }
    }
}
