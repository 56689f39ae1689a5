using System;
using System.Linq;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>A portfolio that people would otherwise hold.</summary>
    public enum Baseline : uint
    {
        /// <summary>Equal weight, brought back every 21 bars.</summary>
        EqualWeight = 0,
        /// <summary>Equal weight at the start, then held.</summary>
        BuyAndHold = 1,
        /// <summary>Weights in inverse proportion to volatility, every 21 bars.</summary>
        InverseVolatility = 2,
        /// <summary>Minimum variance, long only, every 21 bars.</summary>
        MinimumVariance = 3,
        /// <summary>Risk parity, every 21 bars.</summary>
        RiskParity = 4,
        /// <summary>
        /// Equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more than 0.1.
        /// </summary>
        VolTargetEqualWeight = 5,
    }

    /// <summary>The path of a portfolio over a market's bars. Any number of threads may use one at once.</summary>
    public sealed unsafe class Backtest : IDisposable
    {
        private BacktestHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal BacktestHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private delegate int CopyNumbers(BacktestHandle backtest, double* numbers, UIntPtr length);

        private Backtest(IntPtr of)
        {
            Handle = new BacktestHandle(of);
        }

        /// <summary>
        /// Runs an agent's deterministic decisions over a market's bars, as one episode that starts in cash: on the time
        /// line and at the costs that it was trained on.
        /// </summary>
        /// <param name="agent">the agent, with the policy that it has now</param>
        /// <param name="market">prices of the policy's assets and columns</param>
        /// <param name="optionsJson">any of `cost_rate`, `managed`, `risk` and `prior`; null for the defaults</param>
        public static Backtest Run(Agent agent, Market market, string optionsJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            fixed (byte* options = Text.Bytes(optionsJson, nameof(optionsJson)))
            {
                Native.Check(Native.ppo_backtest_run(of, over, options, out var backtest));
                return new Backtest(backtest);
            }
        }

        /// <summary>Runs a baseline over a market's bars, on the dates and at the costs that <see cref="Run"/> has.</summary>
        public static Backtest RunBaseline(Market market, Baseline baseline, string optionsJson = null)
        {
            var over = market?.Handle ?? throw new ArgumentNullException(nameof(market));
            fixed (byte* options = Text.Bytes(optionsJson, nameof(optionsJson)))
            {
                Native.Check(Native.ppo_backtest_run_baseline(over, baseline, options, out var backtest));
                return new Backtest(backtest);
            }
        }

        /// <summary>A back-test of the JSON of another one, also in another process.</summary>
        public static Backtest Restore(string stateJson)
        {
            Library.Require();
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_backtest_restore(state, out var backtest));
                return new Backtest(backtest);
            }
        }

        /// <summary>All that it came to, exactly: for <see cref="Restore"/>.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Sums it up.</summary>
        public BacktestSummary Summarize()
        {
            var summary = new BacktestSummary();
            Native.Check(Native.ppo_backtest_summary_init(ref summary, (UIntPtr)sizeof(BacktestSummary)));
            Native.Check(Native.ppo_backtest_summarize(Handle, ref summary));
            return summary;
        }

        /// <summary>
        /// How sure the difference to another one over the same dates is, by a paired block bootstrap. An interval that
        /// holds 0 says that these bars do not tell them apart; below 252 bars or 12 blocks there is none, and its ends
        /// are NaN.
        /// </summary>
        /// <param name="other">what is subtracted</param>
        /// <param name="optionsJson">any of `block`, `draws`, `level` and `seed`; null for the defaults</param>
        public SharpeDifference Compare(Backtest other, string optionsJson = null)
        {
            var second = other?.Handle ?? throw new ArgumentNullException(nameof(other));
            var found = new SharpeDifference();
            fixed (byte* options = Text.Bytes(optionsJson, nameof(optionsJson)))
            {
                Native.Check(Native.ppo_backtest_compare(
                    Handle, second, options, out found.Median, out found.Low, out found.High));
            }
            return found;
        }

        /// <summary>On how many bars each reason was among those of the risk manager's decisions.</summary>
        public string ReasonsJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_reasons_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of bars, T.</summary>
        public int BarCount
        {
            get { return Size(out _); }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Size(out int assets);
                return assets;
            }
        }

        /// <summary>The date of the close that ends each bar: [T].</summary>
        public DateTime[] Dates()
        {
            var days = new int[BarCount];
            fixed (int* start = days)
            {
                Native.Check(Native.ppo_backtest_dates(Handle, start, Arrays.Length(days)));
            }
            return days.Select(Days.Date).ToArray();
        }

        /// <summary>The simple return of each bar, net of the costs paid at its start: [T].</summary>
        public double[] Returns()
        {
            return Copy(BarCount, Native.ppo_backtest_returns);
        }

        /// <summary>What one unit of money has become at the close that ends each bar: [T].</summary>
        public double[] Equity()
        {
            return Copy(BarCount, Native.ppo_backtest_equity);
        }

        /// <summary>The weights held through each bar, after the trade at its start, cash last: [T * (N + 1)].</summary>
        public double[] Weights()
        {
            int bars = Size(out int assets);
            return Copy(bars * (assets + 1), Native.ppo_backtest_weights);
        }

        /// <summary>The one-way turnover of the trade at the start of each bar: [T].</summary>
        public double[] Turnover()
        {
            return Copy(BarCount, Native.ppo_backtest_turnover);
        }

        /// <summary>What that trade cost, as a fraction of the value before it: [T].</summary>
        public double[] Costs()
        {
            return Copy(BarCount, Native.ppo_backtest_costs);
        }

        /// <summary>What the risk manager decided at the start of each bar, beyond the weights.</summary>
        /// <param name="leverage">gets the dynamic leverage before the limits: [T]</param>
        /// <param name="hedge">gets the hedge's notional over equity, which the path does not trade: [T]</param>
        public void Risk(out double[] leverage, out double[] hedge)
        {
            int bars = BarCount;
            var leverages = new double[bars];
            var hedges = new double[bars];
            fixed (double* l = leverages, h = hedges)
            {
                Native.Check(Native.ppo_backtest_risk(
                    Handle, l, Arrays.Length(leverages), h, Arrays.Length(hedges)));
            }
            leverage = leverages;
            hedge = hedges;
        }

        /// <summary>The words of the last failed call on this back-test, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }

        private int Size(out int assets)
        {
            Native.Check(Native.ppo_backtest_size(Handle, out var bars, out var count));
            assets = Arrays.Size(count);
            return Arrays.Size(bars);
        }

        private double[] Copy(int length, CopyNumbers copy)
        {
            var numbers = new double[length];
            fixed (double* start = numbers)
            {
                Native.Check(copy(Handle, start, Arrays.Length(numbers)));
            }
            return numbers;
        }
    }

    internal sealed class BacktestHandle : LibraryHandle
    {
        internal BacktestHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_backtest_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_run(
            AgentHandle agent, MarketHandle market, byte* options_json, out IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_run_baseline(
            MarketHandle market, Baseline baseline, byte* options_json, out IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_backtest_free(IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_last_error(
            BacktestHandle backtest, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_summarize(BacktestHandle backtest, ref BacktestSummary summary);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_compare(
            BacktestHandle first,
            BacktestHandle second,
            byte* options_json,
            out double median,
            out double low,
            out double high);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_state_json(
            BacktestHandle backtest, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_restore(byte* state_json, out IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_reasons_json(
            BacktestHandle backtest, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_size(BacktestHandle backtest, out UIntPtr bars, out UIntPtr assets);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_dates(BacktestHandle backtest, int* days, UIntPtr days_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_returns(BacktestHandle backtest, double* returns, UIntPtr returns_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_equity(BacktestHandle backtest, double* equity, UIntPtr equity_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_weights(BacktestHandle backtest, double* weights, UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_turnover(
            BacktestHandle backtest, double* turnover, UIntPtr turnover_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_costs(BacktestHandle backtest, double* costs, UIntPtr costs_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_risk(
            BacktestHandle backtest, double* leverage, UIntPtr leverage_len, double* hedge, UIntPtr hedge_len);
    }
}
