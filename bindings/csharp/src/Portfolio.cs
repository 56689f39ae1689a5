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

        /// <summary>
        /// Decides with the policy that an agent has now, from the next call on; account and history stay. Any thread, also
        /// while another one decides.
        /// </summary>
        public void SetAgent(Agent agent)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            Native.Check(Native.ppo_portfolio_set_agent(Handle, of));
        }

        /// <summary>How the portfolio stands at this close, before what is traded at it.</summary>
        /// <param name="weights">gets what is held, assets and then cash: [N + 1]; may be null</param>
        public Account Account(double[] weights = null)
        {
            var account = PpoRisk.Account.Blank();
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_account(Handle, ref account, w, Arrays.Length(weights)));
            }
            return account;
        }

        /// <summary>Whether enough bars were taken in for a decision.</summary>
        public bool Ready
        {
            get
            {
                Native.Check(Native.ppo_portfolio_ready(Handle, out uint ready));
                return ready != 0;
            }
        }

        /// <summary>Goes on from a saved state, bit for bit.</summary>
        public void Restore(string stateJson)
        {
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_portfolio_restore(Handle, state));
            }
        }
    }
}
