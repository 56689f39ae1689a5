using System;

namespace PpoRisk
{
    /// <summary>
    /// Follows one portfolio of an agent: bars in, decisions out. Bit for bit the environment that policies are trained
    /// in. One call at a time: a second one is answered <see cref="Status.Busy"/>. On an error it is as it was.
    /// </summary>
    public sealed unsafe partial class Portfolio
    {
        /// <summary>A portfolio that has seen nothing, all in cash. The agent may be disposed of.</summary>
        /// <param name="agent">the agent, whose policy of now it keeps until <see cref="SetAgent"/></param>
        /// <param name="configJson">
        /// any of `balance`, `cost_rate`, `history`, `half_life`, `leverage` and `kelly`; null for the defaults
        /// </param>
        public Portfolio(Agent agent, string configJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            IntPtr portfolio;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.ppo_portfolio_new(of, config, out portfolio));
            }
            Handle = new PortfolioHandle(portfolio);
        }
    }
}
