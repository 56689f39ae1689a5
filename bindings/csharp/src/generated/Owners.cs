// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    public sealed unsafe partial class Agent : IDisposable
    {
        private AgentHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal AgentHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Agent(IntPtr of)
        {
            Handle = new AgentHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on an agent, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_agent_asset_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>
        /// Number of weights that a decision has, A: one for each asset and then, where the policy may hold
        /// cash, one for it.
        /// </summary>
        public int ActionLength
        {
            get
            {
                Native.Check(Native.ppo_agent_action_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>
        /// Number of scores that the network gives, and of values in a sampled action, L: A, and where the
        /// policy may sell short one more for each asset.
        /// </summary>
        public int ScoreLength
        {
            get
            {
                Native.Check(Native.ppo_agent_score_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>
        /// Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility
        /// [N], cash ratio [1], then, where the spec has them, account [2] (drawdown, volatility of the last 20
        /// portfolio returns) and the host's columns [K].
        /// </summary>
        public int StateLength
        {
            get
            {
                Native.Check(Native.ppo_agent_state_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>
        /// Number of prior weights that every decision needs: A where the policy corrects a prior, 0 where it
        /// has none.
        /// </summary>
        public int PriorLength
        {
            get
            {
                Native.Check(Native.ppo_agent_prior_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Copies out the name of an asset.</summary>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_agent_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>
        /// Copies out what the policy is, as JSON: names of the assets, layout of the state, meaning of the
        /// action, shape of the network.
        /// </summary>
        public string SpecJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_spec_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies out how the policy came to be, as JSON: whatever its trainer wrote (configuration, data,
        /// seed, figures).
        /// </summary>
        public string ProvenanceJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_provenance_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Says of how many policies an agent's is made: 1 of one that is no ensemble.</summary>
        public int MemberCount
        {
            get
            {
                Native.Check(Native.ppo_agent_member_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Backtest : IDisposable
    {
        private BacktestHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal BacktestHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Backtest(IntPtr of)
        {
            Handle = new BacktestHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a back-test, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies out on how many bars each reason was among those of the risk manager's decisions, as JSON: an
        /// object of names (risk_reason_name) and numbers.
        /// </summary>
        public string ReasonsJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_reasons_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out all that a back-test came to, as JSON for ppo_backtest_restore.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Book : IDisposable
    {
        private BookHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal BookHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Book(IntPtr of)
        {
            Handle = new BookHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Copies out all that bars and decisions have left behind, as JSON; exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_book_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies the error message of the last failed call on a book, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_book_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Ends the states HALTED and REDUCING that drawdown led to: from now on it is measured from what the
        /// portfolio is worth now.
        /// </summary>
        public void Reset()
        {
            Native.Check(Native.ppo_book_reset(Handle));
        }

        /// <summary>The kill switch that holds: nothing is opened any more.</summary>
        public void Halt()
        {
            Native.Check(Native.ppo_book_halt(Handle));
        }

        /// <summary>
        /// The kill switch that sells: the next decision, and every later one, goes to cash, whatever the
        /// policy and a limit on turnover would have.
        /// </summary>
        public void Flatten()
        {
            Native.Check(Native.ppo_book_flatten(Handle));
        }

        /// <summary>
        /// Ends ppo_book_halt and ppo_book_flatten: from the next decision on the policy is asked again.
        /// </summary>
        public void Resume()
        {
            Native.Check(Native.ppo_book_resume(Handle));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Environments : IDisposable
    {
        private EnvironmentsHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal EnvironmentsHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Environments(IntPtr of)
        {
            Handle = new EnvironmentsHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Starts a new episode in every environment.</summary>
        public void Reset()
        {
            Native.Check(Native.ppo_env_reset(Handle));
        }

        /// <summary>
        /// Copies the error message of the last failed call on environments, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_env_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of environments, E.</summary>
        public int Count
        {
            get
            {
                Native.Check(Native.ppo_env_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_env_asset_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of weights, A: as ppo_agent_action_len.</summary>
        public int ActionLength
        {
            get
            {
                Native.Check(Native.ppo_env_action_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of values in a sampled action, L: as ppo_agent_score_len.</summary>
        public int ScoreLength
        {
            get
            {
                Native.Check(Native.ppo_env_score_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of values in a state, S: as ppo_agent_state_len.</summary>
        public int StateLength
        {
            get
            {
                Native.Check(Native.ppo_env_state_len(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Job : IDisposable
    {
        private JobHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal JobHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Job(IntPtr of)
        {
            Handle = new JobHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a job, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_job_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Market : IDisposable
    {
        private MarketHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal MarketHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Market(IntPtr of)
        {
            Handle = new MarketHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a market, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_market_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of bars of prices, T, whatever the range; 0 for a simulation without end.</summary>
        public int BarCount
        {
            get
            {
                Native.Check(Native.ppo_market_bar_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_market_asset_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of columns that a policy sees at each close, K.</summary>
        public int ColumnCount
        {
            get
            {
                Native.Check(Native.ppo_market_column_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Number of columns that a policy sees at each close for each asset, F.</summary>
        public int AssetColumnCount
        {
            get
            {
                Native.Check(Native.ppo_market_asset_column_count(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>Copies out the name of an asset.</summary>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>Copies out the name of a column.</summary>
        public string ColumnName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_column_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>Copies out the name of a column that every asset has.</summary>
        public string AssetColumnName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_asset_column_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>
        /// Copies out the parameters of a simulation without end as JSON; ppo_market_simulated takes them back.
        /// </summary>
        public string ParametersJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_market_parameters_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Portfolio : IDisposable
    {
        private PortfolioHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PortfolioHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Portfolio(IntPtr of)
        {
            Handle = new PortfolioHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a portfolio, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Number of bars that have to be taken in before the first decision; as prices that is one close more.
        /// </summary>
        public int WarmUpBars
        {
            get
            {
                Native.Check(Native.ppo_portfolio_warm_up_bars(Handle, out var number));
                return Arrays.Size(number);
            }
        }

        /// <summary>
        /// Copies out all that bars and trades have left behind, as JSON, for a restart: account, history, last
        /// closes, what was decided.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out the settings, as JSON with every key.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RandomStream : IDisposable
    {
        private RandomStreamHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RandomStreamHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private RandomStream(IntPtr of)
        {
            Handle = new RandomStreamHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Copies out where a stream stands, as JSON: for a restart, or for another process.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies the error message of the last failed call on a stream, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Trainer : IDisposable
    {
        private TrainerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal TrainerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Trainer(IntPtr of)
        {
            Handle = new TrainerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a trainer, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_trainer_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out a trainer's configuration as JSON, as ppo_config_to_json.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_trainer_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Atr : IDisposable
    {
        private AtrHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal AtrHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Atr(IntPtr of)
        {
            Handle = new AtrHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on averages, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_atr_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes all that averages remember as JSON, for risk_atr_restore; numbers are exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_atr_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class DrawdownMonitor : IDisposable
    {
        private DrawdownMonitorHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal DrawdownMonitorHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private DrawdownMonitor(IntPtr of)
        {
            Handle = new DrawdownMonitorHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a drawdown monitor, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of a drawdown monitor as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that a drawdown monitor remembers as JSON, for risk_drawdown_restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Starts afresh: RiskState.Active, with the last equity as the peak and no drawdown.</summary>
        public void Reset()
        {
            Native.Check(Native.risk_drawdown_reset(Handle));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Hedge : IDisposable
    {
        private HedgeHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal HedgeHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Hedge(IntPtr of)
        {
            Handle = new HedgeHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a hedge, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of a hedge as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that a hedge remembers as JSON, for risk_hedge_restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Limits : IDisposable
    {
        private LimitsHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal LimitsHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Limits(IntPtr of)
        {
            Handle = new LimitsHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on limits, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of limits as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes all that limits remember as JSON, for risk_limits_restore; numbers are exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RiskManager : IDisposable
    {
        private RiskManagerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RiskManagerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private RiskManager(IntPtr of)
        {
            Handle = new RiskManagerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a risk manager, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes a risk manager's settings as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that bars and decisions have left behind as JSON, for risk_manager_restore; numbers are
        /// exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Ends RiskState.Halted or RiskState.Reducing: the last equity becomes the peak.</summary>
        public void Reset()
        {
            Native.Check(Native.risk_manager_reset(Handle));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Performance : IDisposable
    {
        private PerformanceHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PerformanceHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Performance(IntPtr of)
        {
            Handle = new PerformanceHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a series, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that the bars have left behind as JSON, for risk_performance_restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class PositionSizer : IDisposable
    {
        private PositionSizerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PositionSizerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private PositionSizer(IntPtr of)
        {
            Handle = new PositionSizerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on what sizes positions, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_positions_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of what sizes positions as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_positions_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RegimeTracker : IDisposable
    {
        private RegimeTrackerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RegimeTrackerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private RegimeTracker(IntPtr of)
        {
            Handle = new RegimeTrackerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a tracker, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes the model and the factors as JSON, for risk_regime_new and the `regime` of a risk manager's
        /// settings.
        /// </summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that the bars have left behind as JSON, for risk_regime_restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
