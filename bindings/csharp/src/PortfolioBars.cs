namespace PpoRisk
{
    // What happens at a close. With arrays of the caller's, pushing and deciding allocate nothing.
    public sealed unsafe partial class Portfolio
    {
        /// <summary>
        /// Takes in a bar that just ended, as closes. Answers whether there was a close before, so that the bar was taken
        /// in: the first closes ever are only what later ones are compared with.
        /// </summary>
        /// <param name="closes">
        /// close of each asset, above 0, in the order of the agent's assets: [N]; NaN is no price, for policies that were
        /// trained on prices with gaps
        /// </param>
        /// <param name="cashReturn">simple return of cash over the bar, at least -1</param>
        /// <param name="columns">the policy's columns, known at this close: [K]; null where it has none</param>
        /// <param name="prior">
        /// weights of a supplied prior for the decision at this close: [N + 1]; null where the policy has another one or none
        /// </param>
        /// <param name="assetColumns">
        /// the policy's columns of each asset, an asset's own side by side: [N * F]; null where it has none
        /// </param>
        /// <param name="ends">
        /// not 0 where an asset ends at this close, and what is held of it is paid out: [N]; null: none does
        /// </param>
        /// <param name="costRates">
        /// commission per traded notional of each asset at this close, in [0, 1), in the place of the portfolio's
        /// `cost_rate`: [N]; null: not given
        /// </param>
        /// <param name="halfSpreads">
        /// half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission: [N]; null:
        /// not given
        /// </param>
        /// <param name="borrowRates">
        /// annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of `borrow_rate`: [N];
        /// null: not given
        /// </param>
        /// <param name="volumes">
        /// units traded over the bar, at least 0, for a portfolio with impact: [N]; null: not given
        /// </param>
        public bool PushPrices(
            double[] closes,
            double cashReturn = 0.0,
            double[] columns = null,
            double[] prior = null,
            double[] assetColumns = null,
            double[] ends = null,
            double[] costRates = null,
            double[] halfSpreads = null,
            double[] borrowRates = null,
            double[] volumes = null)
        {
            uint taken;
            fixed (double* c = Arrays.Pinnable(closes),
                k = Arrays.Pinnable(columns),
                p = Arrays.Pinnable(prior),
                f = Arrays.Pinnable(assetColumns),
                e = Arrays.Pinnable(ends),
                x = Arrays.Pinnable(costRates),
                h = Arrays.Pinnable(halfSpreads),
                b = Arrays.Pinnable(borrowRates),
                v = Arrays.Pinnable(volumes))
            {
                var bar = BarData.Blank();
                bar.Closes = c;
                bar.ClosesLen = Arrays.Length(closes);
                bar.CashReturn = cashReturn;
                bar.Columns = k;
                bar.ColumnsLen = Arrays.Length(columns);
                bar.AssetColumns = f;
                bar.AssetColumnsLen = Arrays.Length(assetColumns);
                bar.Prior = p;
                bar.PriorLen = Arrays.Length(prior);
                bar.Ends = e;
                bar.EndsLen = Arrays.Length(ends);
                bar.CostRates = x;
                bar.CostRatesLen = Arrays.Length(costRates);
                bar.HalfSpreads = h;
                bar.HalfSpreadsLen = Arrays.Length(halfSpreads);
                bar.BorrowRates = b;
                bar.BorrowRatesLen = Arrays.Length(borrowRates);
                bar.Volumes = v;
                bar.VolumesLen = Arrays.Length(volumes);
                Native.Check(Native.ppo_portfolio_push_prices(Handle, ref bar, out taken));
            }
            return taken != 0;
        }

        /// <summary>Takes in a bar that just ended, as simple returns of the assets, all of which are there: [N].</summary>
        public void PushReturns(
            double[] returns,
            double cashReturn = 0.0,
            double[] columns = null,
            double[] prior = null,
            double[] assetColumns = null)
        {
            fixed (double* r = Arrays.Pinnable(returns),
                k = Arrays.Pinnable(columns),
                p = Arrays.Pinnable(prior),
                f = Arrays.Pinnable(assetColumns))
            {
                var bar = BarData.Blank();
                bar.CashReturn = cashReturn;
                bar.Columns = k;
                bar.ColumnsLen = Arrays.Length(columns);
                bar.AssetColumns = f;
                bar.AssetColumnsLen = Arrays.Length(assetColumns);
                bar.Prior = p;
                bar.PriorLen = Arrays.Length(prior);
                Native.Check(Native.ppo_portfolio_push_returns(Handle, r, Arrays.Length(returns), &bar));
            }
        }
    }
}
