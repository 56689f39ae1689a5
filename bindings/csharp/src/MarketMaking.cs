using System;
using System.Linq;

namespace PpoRisk
{
    // Where a market's prices come from, and where they go.
    public sealed unsafe partial class Market
    {
        /// <summary>The prices in a CSV file: comma-separated, a header line, dates as 2020-12-31 or times as
        /// 2020-12-31T14:30:00Z.</summary>
        /// <param name="path">the file</param>
        /// <param name="optionsJson">
        /// how it is laid out, null for the defaults: `layout`, `fill`, `signals`, `asset_signals`, `cash_rate`,
        /// `prior`, `ignore`, `bars_per_year`, `confirm_cash_rate`
        /// </param>
        /// <param name="cashRate">
        /// annual rate of cash at every bar where the file has no column for it; NaN for none: cash earns nothing
        /// </param>
        public static Market FromCsv(string path, string optionsJson = null, double cashRate = double.NaN)
        {
            Library.Require();
            fixed (byte* file = Text.Bytes(path, nameof(path)), options = Text.Bytes(optionsJson, nameof(optionsJson)))
            {
                Files.CheckRead(Native.ppo_market_from_csv(file, options, cashRate, out var market), path);
                return new Market(market);
            }
        }

        /// <summary>The prices in a data frame, which comes as a stream by the Arrow C stream interface.</summary>
        /// <param name="stream">
        /// address of a struct ArrowArrayStream, which is moved in and released whatever becomes of the call
        /// </param>
        /// <param name="optionsJson">
        /// how the columns are laid out, null for the defaults: as for FromCsv, and `asset_name`
        /// </param>
        public static Market FromArrow(IntPtr stream, string optionsJson = null)
        {
            Library.Require();
            fixed (byte* options = Text.Bytes(optionsJson, nameof(optionsJson)))
            {
                Native.Check(Native.ppo_market_from_arrow(stream, options, out var market));
                return new Market(market);
            }
        }

        /// <summary>The host's prices, which are copied.</summary>
        public static Market FromPrices(Prices prices)
        {
            if (prices == null)
            {
                throw new ArgumentNullException(nameof(prices));
            }
            Library.Require();
            prices.CheckLengths();
            var closed = prices.Times?.Select((time, bar) => Times.Of(time, $"prices.times[{bar}]")).ToArray();
            using (var assets = new Names(prices.AssetNames, nameof(prices)))
            using (var columns = new Names(prices.ColumnNames, nameof(prices)))
            using (var assetColumns = new Names(prices.AssetColumnNames, nameof(prices)))
            fixed (long* times = closed)
            fixed (double* closes = prices.Closes,
                opens = prices.Opens,
                highs = prices.Highs,
                lows = prices.Lows,
                volumes = prices.Volumes,
                cashRates = prices.CashRates,
                signals = prices.Signals,
                assetSignals = prices.AssetSignals,
                prior = prices.Prior,
                ends = prices.Ends,
                costRates = prices.CostRates,
                halfSpreads = prices.HalfSpreads,
                borrowRates = prices.BorrowRates)
            {
                var data = PricesData.Blank();
                data.Bars = (ulong)Math.Max(prices.Bars, 0);
                data.Assets = (ulong)Math.Max(prices.Assets, 0);
                data.Columns = (ulong)Math.Max(prices.Columns, 0);
                data.Closes = closes;
                data.AssetNames = assets.Pointers;
                data.Times = times;
                data.BarsPerYear = prices.BarsPerYear;
                data.ConfirmCashRate = prices.ConfirmCashRate;
                data.Opens = opens;
                data.Highs = highs;
                data.Lows = lows;
                data.Volumes = volumes;
                data.CashRates = cashRates;
                data.CashRate = prices.CashRate;
                data.ColumnNames = columns.Pointers;
                data.Signals = signals;
                data.AssetColumns = (ulong)Math.Max(prices.AssetColumns, 0);
                data.AssetColumnNames = assetColumns.Pointers;
                data.AssetSignals = assetSignals;
                data.Prior = prior;
                data.Gaps = prices.Gaps;
                data.Ends = ends;
                data.MaxHaltedBars = (uint)Math.Max(prices.MaxHaltedBars, 0);
                data.DelistingReturn = prices.DelistingReturn;
                data.CostRates = costRates;
                data.CostRatesLen = (ulong)(prices.CostRates?.LongLength ?? 0);
                data.HalfSpreads = halfSpreads;
                data.HalfSpreadsLen = (ulong)(prices.HalfSpreads?.LongLength ?? 0);
                data.BorrowRates = borrowRates;
                data.BorrowRatesLen = (ulong)(prices.BorrowRates?.LongLength ?? 0);
                Native.Check(Native.ppo_market_from_prices(ref data, out var market));
                return new Market(market);
            }
        }

        /// <summary>
        /// A market that is simulated without end, for training: every episode of every environment draws new returns.
        /// </summary>
        /// <param name="parametersJson">the model, as <see cref="ParametersJson"/> writes it</param>
        public static Market Simulated(string parametersJson)
        {
            Library.Require();
            fixed (byte* parameters = Text.Bytes(parametersJson, nameof(parametersJson)))
            {
                Native.Check(Native.ppo_market_simulated(parameters, out var market));
                return new Market(market);
            }
        }

        /// <summary>Prices drawn once: the first closes are 100. The same seed gives the same prices.</summary>
        /// <param name="parametersJson">the model, as for <see cref="Simulated"/></param>
        /// <param name="bars">number of bars, at least 2</param>
        /// <param name="firstTime">
        /// the first bar is on its day, or, where the model has about 252 bars a year, on the first working day from it on
        /// </param>
        /// <param name="seed">any number</param>
        public static Market SimulatePrices(string parametersJson, int bars, DateTime firstTime, ulong seed)
        {
            Library.Require();
            long first = Times.Of(firstTime, "first_time");
            fixed (byte* parameters = Text.Bytes(parametersJson, nameof(parametersJson)))
            {
                Native.Check(Native.ppo_market_simulate_prices(
                    parameters, Arrays.Index(bars), first, seed, out var market));
                return new Market(market);
            }
        }

        /// <summary>
        /// The regime-switching market, without end, whose regimes are the states of a hidden Markov model of this
        /// market's log returns, calmest first.
        /// </summary>
        public Market FitRegimes(int regimes, ulong seed = 0)
        {
            Native.Check(Native.ppo_market_fit_regimes(Handle, Arrays.Index(regimes), seed, out var fitted));
            return new Market(fitted);
        }

        /// <summary>
        /// Writes all prices, whatever the range, to a wide CSV file, which is there whole afterwards or, on an error, as
        /// it was before. Numbers are written so that reading gives the same bits.
        /// </summary>
        public void WriteCsv(string path)
        {
            fixed (byte* file = Text.Bytes(path, nameof(path)))
            {
                Files.CheckWritten(Native.ppo_market_write_csv(Handle, file), path);
            }
        }
    }
}
