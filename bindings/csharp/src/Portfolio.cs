using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>How a portfolio stands at a close, before what is traded at it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Account
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Money: assets and cash together.</summary>
        public double Value;
        /// <summary>Weight of cash.</summary>
        public double Cash;
        /// <summary>1 - value/peak, in [0, 1].</summary>
        public double Drawdown;
        /// <summary>Standard deviation (ddof 0) of the last 20 net returns of the portfolio, per bar; 0 below two.</summary>
        public double Volatility;
    }

    /// <summary>
    /// Follows one portfolio of an agent: bars in, decisions out. Bit for bit the environment that policies are trained
    /// in. One call at a time: a second one is answered <see cref="Status.Busy"/>. On an error it is as it was.
    /// </summary>
    public sealed unsafe partial class Portfolio : IDisposable
    {
        private PortfolioHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PortfolioHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

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
            var account = new Account();
            Native.Check(Native.ppo_account_init(ref account, (UIntPtr)sizeof(Account)));
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

        /// <summary>Number of bars that have to be taken in before the first decision; as prices that is one close more.</summary>
        public int WarmUpBars
        {
            get
            {
                Native.Check(Native.ppo_portfolio_warm_up_bars(Handle, out var bars));
                return Arrays.Size(bars);
            }
        }

        /// <summary>All that bars and trades have left behind, for a restart. Policy and settings are not in it.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_state_json(Handle, buffer, capacity, out needed));
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

        /// <summary>The settings, with every key.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>The words of the last failed call on this portfolio, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class PortfolioHandle : LibraryHandle
    {
        internal PortfolioHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_portfolio_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_account_init(ref Account account, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_new(AgentHandle agent, byte* config_json, out IntPtr portfolio);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_set_agent(PortfolioHandle portfolio, AgentHandle agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_portfolio_free(IntPtr portfolio);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_last_error(
            PortfolioHandle portfolio, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_account(
            PortfolioHandle portfolio, ref Account account, double* weights_out, UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_ready(PortfolioHandle portfolio, out uint ready);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_warm_up_bars(PortfolioHandle portfolio, out UIntPtr bars);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_state_json(
            PortfolioHandle portfolio, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_restore(PortfolioHandle portfolio, byte* state_json);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_config_json(
            PortfolioHandle portfolio, byte* buffer, UIntPtr capacity, out UIntPtr needed);
    }
}
