using System;

namespace PpoRisk
{
    /// <summary>
    /// A bar that just ended, as far as it is known. What is not given is estimated from earlier bars where that is
    /// possible, and otherwise not looked at; the decision's reasons say which. May be used again and again.
    /// </summary>
    public sealed unsafe class Bar
    {
        private BarData empty;

        /// <summary>A bar with nothing given.</summary>
        public Bar()
        {
            empty = BarData.Blank();
        }

        /// <summary>
        /// Closes of the assets, above 0: [N]. NaN is no price, for policies that were trained on prices with gaps: the asset
        /// is then halted, or not there at all.
        /// </summary>
        public double[] Closes { get; set; }

        /// <summary>Highs around the closes: [N]; null together with Lows: the true range is that of closes.</summary>
        public double[] Highs { get; set; }

        /// <summary>Lows around the closes: [N]; null together with Highs.</summary>
        public double[] Lows { get; set; }

        /// <summary>Average true ranges, above 0, in the unit of the closes: [N]; null: the manager's own.</summary>
        public double[] Atr { get; set; }

        /// <summary>Betas of the assets to the hedge instrument: [N]; null: every asset counts as 1.</summary>
        public double[] Betas { get; set; }

        /// <summary>What the regimes are told apart by: [ObservationLength]; null: none.</summary>
        public double[] Observation { get; set; }

        /// <summary>Forecast volatility of the target before leverage, annual, above 0; NaN: the manager's own.</summary>
        public double Volatility { get; set; } = double.NaN;

        /// <summary>Expected return of the target before leverage, annual; NaN: not given.</summary>
        public double Trend { get; set; } = double.NaN;

        /// <summary>
        /// When the bar closed, as in <see cref="Prices.Times"/>; null: not given. A bar that is no later than the last one
        /// that had a time is refused.
        /// </summary>
        public DateTime? Time { get; set; }

        /// <summary>
        /// Simple return of cash over the bar, at least -1. The risk manager does not look at it, nor at what follows.
        /// </summary>
        public double CashReturn { get; set; }

        /// <summary>The policy's columns, known at the close: [K]; null where it has none.</summary>
        public double[] Columns { get; set; }

        /// <summary>
        /// The policy's columns of each asset, known at the close, an asset's own side by side: [N * F]; null where it has
        /// none.
        /// </summary>
        public double[] AssetColumns { get; set; }

        /// <summary>Weights of a supplied prior, assets and then cash: [N + 1]; null where the prior is another.</summary>
        public double[] Prior { get; set; }

        /// <summary>Not 0 where an asset ends at this close, and what is held of it is paid out: [N]; null: none does.</summary>
        public double[] Ends { get; set; }

        /// <summary>
        /// Commission per traded notional of each asset at this close, in [0, 1), in the place of the portfolio's
        /// `cost_rate`: [N]; null: not given.
        /// </summary>
        public double[] CostRates { get; set; }

        /// <summary>
        /// Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission: [N]; null:
        /// not given.
        /// </summary>
        public double[] HalfSpreads { get; set; }

        /// <summary>
        /// Annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of `borrow_rate`: [N];
        /// null: not given.
        /// </summary>
        public double[] BorrowRates { get; set; }

        /// <summary>Units traded over the bar, at least 0, for a portfolio with impact: [N]; null: not given.</summary>
        public double[] Volumes { get; set; }

        /// <summary>The bar with its arrays where they are pinned.</summary>
        internal BarData Data(
            double* closes,
            double* highs,
            double* lows,
            double* atr,
            double* betas,
            double* observation,
            double* columns,
            double* assetColumns,
            double* prior,
            double* ends,
            double* costRates,
            double* halfSpreads,
            double* borrowRates,
            double* volumes)
        {
            var given = empty;
            given.Closes = closes;
            given.ClosesLen = Arrays.Length(Closes);
            given.Highs = highs;
            given.HighsLen = Arrays.Length(Highs);
            given.Lows = lows;
            given.LowsLen = Arrays.Length(Lows);
            given.Atr = atr;
            given.AtrLen = Arrays.Length(Atr);
            given.Betas = betas;
            given.BetasLen = Arrays.Length(Betas);
            given.Observation = observation;
            given.ObservationLen = Arrays.Length(Observation);
            given.Volatility = Volatility;
            given.Trend = Trend;
            given.Time = Time.HasValue ? Times.Of(Time.Value, "bar.time") : 0;
            given.CashReturn = CashReturn;
            given.Columns = columns;
            given.ColumnsLen = Arrays.Length(Columns);
            given.AssetColumns = assetColumns;
            given.AssetColumnsLen = Arrays.Length(AssetColumns);
            given.Prior = prior;
            given.PriorLen = Arrays.Length(Prior);
            given.Ends = ends;
            given.EndsLen = Arrays.Length(Ends);
            given.CostRates = costRates;
            given.CostRatesLen = Arrays.Length(CostRates);
            given.HalfSpreads = halfSpreads;
            given.HalfSpreadsLen = Arrays.Length(HalfSpreads);
            given.BorrowRates = borrowRates;
            given.BorrowRatesLen = Arrays.Length(BorrowRates);
            given.Volumes = volumes;
            given.VolumesLen = Arrays.Length(Volumes);
            return given;
        }
    }

    /// <summary>The portfolio at the close. May be used again and again.</summary>
    public sealed class RiskPortfolio
    {
        /// <summary>Weights wished for: [N]. Cash is the rest; negative is short.</summary>
        public double[] Target { get; set; }

        /// <summary>Weights held now, after the bar's drift: [N].</summary>
        public double[] Current { get; set; }

        /// <summary>What the portfolio is worth, money above 0.</summary>
        public double Equity { get; set; }

        /// <summary>1 - equity/peak, in [0, 1]; NaN: the manager follows the peak of the equities that it is shown.</summary>
        public double Drawdown { get; set; } = double.NaN;
    }
}
