using System;

namespace PpoRisk
{
    /// <summary>
    /// A portfolio with a risk manager behind its policy: bar, state, decision and risk in one call. One call at a time; on an
    /// error it is as it was. Observing and deciding allocate nothing.
    /// </summary>
    public sealed unsafe partial class ManagedPortfolio
    {
        /// <summary>A managed portfolio that has seen nothing, all in cash. The agent may be disposed of.</summary>
        /// <param name="agent">the agent, whose policy of now it keeps until <see cref="SetAgent"/></param>
        /// <param name="configJson">the portfolio's settings, as for <see cref="Portfolio"/>; null for the defaults</param>
        /// <param name="riskJson">the risk manager's settings; null for the defaults, without borrowing</param>
        public ManagedPortfolio(Agent agent, string configJson = null, string riskJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            IntPtr managed;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), risk = Text.Bytes(riskJson, nameof(riskJson)))
            {
                Native.Check(Native.ppo_managed_new(of, config, risk, out managed));
            }
            Handle = new ManagedPortfolioHandle(managed);
        }

        /// <summary>A managed portfolio that goes on from a saved state, bit for bit.</summary>
        public static ManagedPortfolio Restore(
            Agent agent, string stateJson, string configJson = null, string riskJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)),
                risk = Text.Bytes(riskJson, nameof(riskJson)),
                state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_managed_restore(of, config, risk, state, out var managed));
                return new ManagedPortfolio(managed);
            }
        }

        /// <summary>Whether the next bar is one that can be decided on. Until then bars go to <see cref="Observe"/>.</summary>
        public bool Ready
        {
            get
            {
                Native.Check(Native.ppo_managed_ready(Handle, out uint ready));
                return ready != 0;
            }
        }

        /// <summary>Takes in a bar on which nothing is decided.</summary>
        /// <param name="bar">the bar that just ended</param>
        /// <param name="cashReturn">simple return of cash over the bar</param>
        /// <param name="columns">the policy's columns, known at the close: [K]; null where it has none</param>
        /// <param name="prior">weights of a supplied prior: [N + 1]; null where the prior is another</param>
        public void Observe(RiskBar bar, double cashReturn = 0.0, double[] columns = null, double[] prior = null)
        {
            if (bar == null)
            {
                throw new ArgumentNullException(nameof(bar));
            }
            fixed (double* closes = Arrays.Pinnable(bar.Closes),
                highs = Arrays.Pinnable(bar.Highs),
                lows = Arrays.Pinnable(bar.Lows),
                atr = Arrays.Pinnable(bar.Atr),
                betas = Arrays.Pinnable(bar.Betas),
                observation = Arrays.Pinnable(bar.Observation),
                k = Arrays.Pinnable(columns),
                p = Arrays.Pinnable(prior))
            {
                var market = bar.Data(closes, highs, lows, atr, betas, observation);
                Native.Check(Native.ppo_managed_observe(
                    Handle, ref market, cashReturn, k, Arrays.Length(columns), p, Arrays.Length(prior)));
            }
        }

        /// <summary>
        /// The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the
        /// risk manager. What the decision leaves counts as traded at this close.
        /// </summary>
        /// <param name="bar">the bar that just ended</param>
        /// <param name="decision">gets the decision</param>
        /// <param name="cashReturn">simple return of cash over the bar</param>
        /// <param name="columns">as for Observe</param>
        /// <param name="prior">as for Observe</param>
        public void Decide(
            RiskBar bar, RiskDecision decision, double cashReturn = 0.0, double[] columns = null, double[] prior = null)
        {
            if (bar == null || decision == null)
            {
                throw new ArgumentNullException(bar == null ? nameof(bar) : nameof(decision));
            }
            fixed (double* closes = Arrays.Pinnable(bar.Closes),
                highs = Arrays.Pinnable(bar.Highs),
                lows = Arrays.Pinnable(bar.Lows),
                atr = Arrays.Pinnable(bar.Atr),
                betas = Arrays.Pinnable(bar.Betas),
                observation = Arrays.Pinnable(bar.Observation),
                k = Arrays.Pinnable(columns),
                p = Arrays.Pinnable(prior),
                weights = Arrays.Pinnable(decision.Weights),
                units = Arrays.Pinnable(decision.Units),
                stops = Arrays.Pinnable(decision.Stops))
            fixed (RiskReason* reasons = decision.Reasons)
            {
                var market = bar.Data(closes, highs, lows, atr, betas, observation);
                var data = decision.Places(weights, units, stops, reasons);
                Native.Check(Native.ppo_managed_decide(
                    Handle, ref market, cashReturn, k, Arrays.Length(columns), p, Arrays.Length(prior), ref data));
                decision.Data = data;
            }
        }

        /// <summary>How the portfolio stands at this close, before what is traded at it.</summary>
        /// <param name="weights">gets what is held, assets and then cash: [N + 1]; may be null</param>
        public Account Account(double[] weights = null)
        {
            var account = PpoRisk.Account.Blank();
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_managed_account(Handle, ref account, w, Arrays.Length(weights)));
            }
            return account;
        }

        /// <summary>What was traded to at the last close that was decided on.</summary>
        /// <param name="weights">gets the weights after the trade, assets and then cash: [N + 1]</param>
        /// <param name="turnover">gets the one-way turnover of the trade</param>
        /// <param name="cost">gets its cost as a fraction of the value before it</param>
        public void Traded(double[] weights, out double turnover, out double cost)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_managed_traded(Handle, w, Arrays.Length(weights), out turnover, out cost));
            }
        }

        /// <summary>Says what was really traded to at this close, in place of the decision.</summary>
        public void RecordTrade(double[] weights, double cost)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_managed_record_trade(Handle, w, Arrays.Length(weights), cost));
            }
        }

        /// <summary>Says what is held at this close and what it is worth.</summary>
        public void SetPosition(double[] weights, double equity)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_managed_set_position(Handle, w, Arrays.Length(weights), equity));
            }
        }

        /// <summary>
        /// Decides with the policy that an agent has now, from the next call on; all that was remembered stays. Any thread,
        /// also while another one decides.
        /// </summary>
        public void SetAgent(Agent agent)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            Native.Check(Native.ppo_managed_set_agent(Handle, of));
        }

        /// <summary>Lets a stopped asset be held again.</summary>
        public void ResetStop(int asset)
        {
            Native.Check(Native.ppo_managed_reset_stop(Handle, Arrays.Index(asset)));
        }
    }
}
