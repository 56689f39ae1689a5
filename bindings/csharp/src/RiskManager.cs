using System;

namespace PpoRisk
{
    /// <summary>
    /// A risk manager: turns wished weights into allowed ones, and says why. One call at a time: a second one is answered
    /// <see cref="Status.Busy"/>. A failed call leaves it as it was. Managing and observing allocate nothing.
    /// </summary>
    public sealed unsafe partial class RiskManager
    {
        private RiskPortfolioData emptyPortfolio;

        /// <summary>A manager that has seen nothing.</summary>
        /// <param name="assets">number of assets, N</param>
        /// <param name="configJson">its settings; keys that are missing take their defaults; null for the defaults</param>
        public RiskManager(int assets, string configJson = null)
            : this(Make(assets, configJson))
        {
        }

        partial void Made()
        {
            emptyPortfolio = RiskPortfolioData.Blank();
        }

        /// <summary>A manager that goes on, bit for bit, from a saved state; its settings may differ.</summary>
        public static RiskManager Restore(int assets, string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_manager_restore(config, Arrays.Index(assets), state, out var manager));
                return new RiskManager(manager);
            }
        }

        /// <summary>
        /// Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar;
        /// bars without a decision go to <see cref="Observe"/>.
        /// </summary>
        /// <param name="bar">the bar that just ended</param>
        /// <param name="portfolio">what is wished for and what is held</param>
        /// <param name="decision">gets the decision</param>
        public void Manage(Bar bar, RiskPortfolio portfolio, Decision decision)
        {
            if (bar == null || portfolio == null || decision == null)
            {
                throw new ArgumentNullException(
                    bar == null ? nameof(bar) : portfolio == null ? nameof(portfolio) : nameof(decision));
            }
            fixed (double* closes = Arrays.Pinnable(bar.Closes),
                highs = Arrays.Pinnable(bar.Highs),
                lows = Arrays.Pinnable(bar.Lows),
                atr = Arrays.Pinnable(bar.Atr),
                betas = Arrays.Pinnable(bar.Betas),
                observation = Arrays.Pinnable(bar.Observation),
                columns = Arrays.Pinnable(bar.Columns),
                assetColumns = Arrays.Pinnable(bar.AssetColumns),
                prior = Arrays.Pinnable(bar.Prior),
                ends = Arrays.Pinnable(bar.Ends),
                costRates = Arrays.Pinnable(bar.CostRates),
                halfSpreads = Arrays.Pinnable(bar.HalfSpreads),
                borrowRates = Arrays.Pinnable(bar.BorrowRates),
                volumes = Arrays.Pinnable(bar.Volumes),
                target = Arrays.Pinnable(portfolio.Target),
                current = Arrays.Pinnable(portfolio.Current),
                weights = Arrays.Pinnable(decision.Weights),
                units = Arrays.Pinnable(decision.Units),
                stops = Arrays.Pinnable(decision.Stops))
            fixed (Reason* reasons = decision.Reasons)
            {
                var given = bar.Data(
                    closes, highs, lows, atr, betas, observation, columns, assetColumns, prior, ends, costRates,
                    halfSpreads, borrowRates, volumes);
                var stands = emptyPortfolio;
                stands.Target = target;
                stands.TargetLen = Arrays.Length(portfolio.Target);
                stands.Current = current;
                stands.CurrentLen = Arrays.Length(portfolio.Current);
                stands.Equity = portfolio.Equity;
                stands.Drawdown = portfolio.Drawdown;
                var data = decision.Places(weights, units, stops, reasons);
                Native.Check(Native.risk_manage(Handle, ref given, ref stands, ref data));
                decision.Data = data;
            }
        }

        /// <summary>Takes in a bar on which nothing is decided, so that ATR, volatility, tail risk and regimes know it.</summary>
        public void Observe(Bar bar)
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
                columns = Arrays.Pinnable(bar.Columns),
                assetColumns = Arrays.Pinnable(bar.AssetColumns),
                prior = Arrays.Pinnable(bar.Prior),
                ends = Arrays.Pinnable(bar.Ends),
                costRates = Arrays.Pinnable(bar.CostRates),
                halfSpreads = Arrays.Pinnable(bar.HalfSpreads),
                borrowRates = Arrays.Pinnable(bar.BorrowRates),
                volumes = Arrays.Pinnable(bar.Volumes))
            {
                var given = bar.Data(
                    closes, highs, lows, atr, betas, observation, columns, assetColumns, prior, ends, costRates,
                    halfSpreads, borrowRates, volumes);
                Native.Check(Native.risk_manager_observe(Handle, ref given));
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get { return Counts(out _, out _); }
        }

        /// <summary>The length of an observation, 0 where there are no regimes.</summary>
        public int ObservationLength
        {
            get
            {
                Counts(out int length, out _);
                return length;
            }
        }

        /// <summary>Number of regimes, K, 0 where there are none.</summary>
        public int RegimeCount
        {
            get
            {
                Counts(out _, out int regimes);
                return regimes;
            }
        }

        private static IntPtr Make(int assets, string configJson)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_manager_new(config, Arrays.Index(assets), out var manager));
                return manager;
            }
        }

        private int Counts(out int observationLength, out int regimes)
        {
            Native.Check(Native.risk_manager_counts(Handle, out var assets, out var observation, out var states));
            observationLength = Arrays.Size(observation);
            regimes = Arrays.Size(states);
            return Arrays.Size(assets);
        }
    }
}
