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

        /// <summary>
        /// Decides at this close. The target is taken to be traded at it, unless turnover to it stays below the policy's
        /// trade band. Asking again at the same close gives the same answer.
        /// </summary>
        /// <param name="weights">gets the target weights: assets, then cash where the policy may hold it: [A]</param>
        public void Rebalance(double[] weights)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_rebalance(Handle, w, Arrays.Length(weights)));
            }
        }

        /// <summary>Says what was really traded to at this close, in place of the last target.</summary>
        /// <param name="weights">weights after the trade, assets and then cash: [N + 1]</param>
        /// <param name="cost">what the trade cost, as a fraction of the value before it</param>
        public void RecordTrade(double[] weights, double cost)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_record_trade(Handle, w, Arrays.Length(weights), cost));
            }
        }

        /// <summary>
        /// Says what is held at this close and what it is worth, where the books differ from the portfolio's account.
        /// </summary>
        public void SetPosition(double[] weights, double equity)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_set_position(Handle, w, Arrays.Length(weights), equity));
            }
        }

        /// <summary>
        /// Factor that target weights may be multiplied by, from the volatility that they would have had, the account's
        /// drawdown and a trend.
        /// </summary>
        /// <param name="trend">annual drift of the portfolio; NaN where none is known</param>
        public double Leverage(double trend = double.NaN)
        {
            Native.Check(Native.ppo_portfolio_leverage(Handle, trend, out double leverage));
            return leverage;
        }

        /// <summary>Kelly weights of the assets from the remembered returns; cash is the rest: [N].</summary>
        public void Kelly(double[] weights)
        {
            fixed (double* w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_kelly(Handle, w, Arrays.Length(weights)));
            }
        }

        /// <summary>What the last decision was taken on; zeros before the first.</summary>
        /// <param name="state">gets the state, not normalised: [S]</param>
        /// <param name="prior">gets the prior's weights, 1/A each without a prior: [A]; may be null</param>
        public void Seen(float[] state, double[] prior = null)
        {
            fixed (float* s = Arrays.Pinnable(state))
            fixed (double* p = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_portfolio_seen(Handle, s, Arrays.Length(state), p, Arrays.Length(prior)));
            }
        }
    }
}
