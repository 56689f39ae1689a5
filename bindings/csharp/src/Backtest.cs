using System;
using System.Linq;

namespace PpoRisk
{
    /// <summary>The path of a portfolio over a market's bars. Any number of threads may use one at once.</summary>
    public sealed unsafe partial class Backtest
    {
        private delegate int CopyNumbers(BacktestHandle backtest, double* numbers, UIntPtr length);

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

        /// <summary>
        /// How sure the difference to another one over the same times is, by a paired block bootstrap. An interval that
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

        /// <summary>The time of the close that ends each bar, as <see cref="Market.Time"/> has it: [T].</summary>
        public DateTime[] Times()
        {
            var times = new long[BarCount];
            fixed (long* start = times)
            {
                Native.Check(Native.ppo_backtest_times(Handle, start, Arrays.Length(times)));
            }
            return times.Select(PpoRisk.Times.Time).ToArray();
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
}
