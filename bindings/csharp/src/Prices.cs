using System;

namespace PpoRisk
{
    /// <summary>Prices for <see cref="Market.FromPrices"/>: T bars of N assets. Arrays are row-major, a row for each bar.</summary>
    public sealed class Prices
    {
        /// <summary>Number of bars, T: at least 2.</summary>
        public int Bars { get; set; }

        /// <summary>Number of assets, N: at least 1.</summary>
        public int Assets { get; set; }

        /// <summary>Number of columns of the host's own that a policy sees at each close, K.</summary>
        public int Columns { get; set; }

        /// <summary>Closes, finite and above 0: [T * N]; with Gaps, NaN where an asset has none.</summary>
        public double[] Closes { get; set; }

        /// <summary>
        /// Names of the assets, distinct and not empty: [N]. Null calls them A0, A1, ..., and lets policies with any names
        /// take them in their order.
        /// </summary>
        public string[] AssetNames { get; set; }

        /// <summary>
        /// When each bar closes, strictly increasing, a date at its midnight: [T]. A local time is converted to UTC, one of
        /// no kind is taken as UTC. Null makes the bars begin on Monday, 2000-01-03: the days that are not a Saturday or
        /// Sunday, or as far apart as BarsPerYear says.
        /// </summary>
        public DateTime[] Times { get; set; }

        /// <summary>Bars a year, above 0; NaN, as at first: as the times say (252 with neither).</summary>
        public double BarsPerYear { get; set; } = double.NaN;

        /// <summary>
        /// Whether rates of cash above 1 (100% a year) are meant: they are as a rule percentages, and refused.
        /// </summary>
        public bool ConfirmCashRate { get; set; }

        /// <summary>Opens, finite and above 0: [T * N]; may be null.</summary>
        public double[] Opens { get; set; }

        /// <summary>Highs, finite and at least the closes (8 roundings below one are taken as the close): [T * N]; may be
        /// null.</summary>
        public double[] Highs { get; set; }

        /// <summary>Lows, finite, above 0 and at most the closes (as with highs): [T * N]; may be null.</summary>
        public double[] Lows { get; set; }

        /// <summary>Units traded, finite and at least 0: [T * N]; may be null.</summary>
        public double[] Volumes { get; set; }

        /// <summary>Annual rate of cash over the bar that begins at each close, above -1: [T]; may be null.</summary>
        public double[] CashRates { get; set; }

        /// <summary>Annual rate of cash at every bar, above -1; NaN, as at first: not given. With neither, cash earns nothing.</summary>
        public double CashRate { get; set; } = double.NaN;

        /// <summary>Names of the columns, distinct, not empty and not those of assets: [K]. Null calls them C0, C1, ...</summary>
        public string[] ColumnNames { get; set; }

        /// <summary>The columns, finite: [T * K]; null where K is 0.</summary>
        public double[] Signals { get; set; }

        /// <summary>Number of columns of the host's own that a policy sees at each close for each asset, F.</summary>
        public int AssetColumns { get; set; }

        /// <summary>
        /// Names of these columns, distinct, not empty and not those of assets and other columns: [F]. Null calls them F0,
        /// F1, ...
        /// </summary>
        public string[] AssetColumnNames { get; set; }

        /// <summary>These columns, finite, an asset's own side by side: [T * N * F]; null where F is 0.</summary>
        public double[] AssetSignals { get; set; }

        /// <summary>
        /// Weights for a policy with the prior `supplied` to depart from at each close, assets then cash, each at least 0,
        /// rows summing to 1: [T * (N + 1)]; may be null.
        /// </summary>
        public double[] Prior { get; set; }

        /// <summary>
        /// Whether assets may be missing: a close of NaN is then none. The asset is absent before its first, halted without
        /// one, and ends after MaxHaltedBars of them. Without it, closes of NaN are refused.
        /// </summary>
        public bool Gaps { get; set; }

        /// <summary>
        /// Not 0 where an asset ends at a bar, and what is held of it is paid out: [T * N]; may be null. Needs Gaps.
        /// </summary>
        public double[] Ends { get; set; }

        /// <summary>Bars without a price after which an asset has ended, at least 1; 21 at first.</summary>
        public int MaxHaltedBars { get; set; } = 21;

        /// <summary>
        /// Simple return over its last price with which an asset that ends is paid out, at least -1; 0 at first.
        /// </summary>
        public double DelistingReturn { get; set; }

        /// <summary>
        /// Commission per traded notional of each asset, in [0, 1), in the place of the environment's `cost_rate`: [N]
        /// for every bar, or [T * N]; may be null.
        /// </summary>
        public double[] CostRates { get; set; }

        /// <summary>
        /// Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission: [N] for
        /// every bar, or [T * N]; may be null.
        /// </summary>
        public double[] HalfSpreads { get; set; }

        /// <summary>
        /// Annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of `borrow_rate`: [N]
        /// for every bar, or [T * N]; may be null.
        /// </summary>
        public double[] BorrowRates { get; set; }

        /// <summary>The library is told no lengths: what it would read beyond an array is refused here, in its words.</summary>
        internal void CheckLengths()
        {
            Expect(Closes, "closes", (long)Bars * Assets);
            Expect(AssetNames, "asset_names", Assets);
            Expect(Times, "times", Bars);
            Expect(Opens, "opens", (long)Bars * Assets);
            Expect(Highs, "highs", (long)Bars * Assets);
            Expect(Lows, "lows", (long)Bars * Assets);
            Expect(Volumes, "volumes", (long)Bars * Assets);
            Expect(CashRates, "cash_rates", Bars);
            Expect(ColumnNames, "column_names", Columns);
            Expect(Signals, "signals", (long)Bars * Columns);
            Expect(AssetColumnNames, "asset_column_names", AssetColumns);
            Expect(AssetSignals, "asset_signals", (decimal)Bars * Assets * AssetColumns);
            Expect(Prior, "prior", (long)Bars * ((long)Assets + 1));
            Expect(Ends, "ends", (long)Bars * Assets);
        }

        private static void Expect(Array array, string name, decimal length)
        {
            if (array != null && array.Length != length)
            {
                throw new PpoException(
                    Status.Length,
                    $"ppo_market_from_prices: `prices.{name}` has length {array.Length}, expected {length}");
            }
        }
    }
}
