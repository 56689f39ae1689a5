namespace PpoRisk
{
    /// <summary>Forecasts and estimates that risk decisions are made of.</summary>
    public static unsafe class RiskEstimates
    {
        /// <summary>Value at risk and conditional value at risk of weights over scenarios.</summary>
        /// <param name="scenarios">simple returns of the assets, one row a scenario: [bars * N]</param>
        /// <param name="bars">number of scenarios, at least 2</param>
        /// <param name="weights">the weights; cash, the rest, earns 0: [N]</param>
        /// <param name="level">confidence: 0.95 looks at the worst 5%</param>
        public static TailRisk TailRisk(double[] scenarios, int bars, double[] weights, double level = 0.95)
        {
            Library.Require();
            var found = PpoRisk.TailRisk.Blank();
            fixed (double* s = Arrays.Pinnable(scenarios), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.risk_tail_risk_compute(
                    s, Arrays.Length(scenarios), Arrays.Index(bars), w, Arrays.Length(weights), level, ref found));
            }
            return found;
        }

        /// <summary>Covariance of returns, shrunk towards a multiple of the identity. Answers how far, in [0, 1].</summary>
        /// <param name="returns">simple returns, one row a bar: [bars * assets]</param>
        /// <param name="bars">number of bars, at least 2</param>
        /// <param name="assets">number of assets, N</param>
        /// <param name="covariance">gets the covariance of a bar: [N * N]</param>
        public static double Covariance(double[] returns, int bars, int assets, double[] covariance)
        {
            Library.Require();
            fixed (double* r = Arrays.Pinnable(returns), c = Arrays.Pinnable(covariance))
            {
                Native.Check(Native.risk_covariance(
                    r,
                    Arrays.Length(returns),
                    Arrays.Index(bars),
                    Arrays.Index(assets),
                    c,
                    Arrays.Length(covariance),
                    out double shrinkage));
                return shrinkage;
            }
        }

        /// <summary>Forecasts the annual volatility of the next bar.</summary>
        /// <param name="forecastJson">
        /// how: {"rolling": {"bars": 60}}, {"ewma": {"half_life": 20.0}}, {"decay": {"decay": 0.94}} or
        /// {"garch": {"alpha": 0.08, "beta": 0.9}}
        /// </param>
        /// <param name="returns">simple returns of the bars, oldest first</param>
        /// <param name="barsPerYear">bars a year, above 0: 252 for an exchange's days</param>
        public static double Volatility(string forecastJson, double[] returns, double barsPerYear)
        {
            Library.Require();
            fixed (byte* forecast = Text.Bytes(forecastJson, nameof(forecastJson)))
            fixed (double* r = Arrays.Pinnable(returns))
            {
                Native.Check(Native.risk_volatility(
                    forecast, r, Arrays.Length(returns), barsPerYear, out double volatility));
                return volatility;
            }
        }

        /// <summary>Fits a GARCH(1,1) by maximum likelihood. It takes milliseconds: not for every bar.</summary>
        public static GarchFit FitGarch(double[] returns)
        {
            Library.Require();
            var found = GarchFit.Blank();
            fixed (double* r = Arrays.Pinnable(returns))
            {
                Native.Check(Native.risk_volatility_fit(r, Arrays.Length(returns), ref found));
            }
            return found;
        }

        /// <summary>
        /// Dynamic leverage, the factor of the target weights: target over forecast volatility within its limits, less the
        /// nearer the drawdown comes to its stop, and at most the fractional Kelly leverage of a trend.
        /// </summary>
        /// <param name="configJson">the key "leverage" of the risk manager's settings; null for the defaults</param>
        /// <param name="volatility">forecast volatility of the target, annual, above 0</param>
        /// <param name="drawdown">1 - equity/peak, in [0, 1]</param>
        /// <param name="reasonCount">gets the number of reasons, at most 4, those that there was no room for included</param>
        /// <param name="trend">expected return of the target, annual; NaN where there is none</param>
        /// <param name="reasons">gets what shaped the leverage; may be null</param>
        public static double Leverage(
            string configJson,
            double volatility,
            double drawdown,
            out int reasonCount,
            double trend = double.NaN,
            Reason[] reasons = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            fixed (Reason* r = reasons)
            {
                Native.Check(Native.risk_leverage(
                    config, volatility, drawdown, trend, r, Arrays.Length(reasons), out var count, out double leverage));
                reasonCount = Arrays.Size(count);
                return leverage;
            }
        }
    }
}
