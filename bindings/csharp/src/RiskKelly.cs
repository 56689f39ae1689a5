using System;

namespace PpoRisk
{
    /// <summary>Kelly weights from a history of returns, in arrays of its own.</summary>
    public sealed class KellyEstimate
    {
        internal KellyEstimate(int assets)
        {
            Weights = new double[assets];
            StandardErrors = new double[assets];
            Unconstrained = new double[assets];
            UnconstrainedStandardErrors = new double[assets];
            Excess = new double[assets];
        }

        /// <summary>The weights under the caps, the fraction applied; cash is the rest.</summary>
        public double[] Weights { get; }

        /// <summary>Standard errors of Weights, 0 where a cap or 0 holds.</summary>
        public double[] StandardErrors { get; }

        /// <summary>The weights without any cap, the fraction applied.</summary>
        public double[] Unconstrained { get; }

        /// <summary>Standard errors of Unconstrained.</summary>
        public double[] UnconstrainedStandardErrors { get; }

        /// <summary>The expected returns above cash per bar, shrunk by Bayes-Stein.</summary>
        public double[] Excess { get; }

        /// <summary>Shrinkage of the means: 1 where the history says nothing about their differences.</summary>
        public double MeanShrinkage { get; internal set; }

        /// <summary>Shrinkage of the covariance (Ledoit-Wolf).</summary>
        public double CovarianceShrinkage { get; internal set; }
    }

    /// <summary>How much to stake: Kelly's growth-optimal weights.</summary>
    public static unsafe class RiskKelly
    {
        /// <summary>Full Kelly of one bet: the part of wealth to stake.</summary>
        /// <param name="probability">of the gain, in [0, 1]</param>
        /// <param name="gain">what is gained then, as a part of the stake</param>
        /// <param name="loss">what is lost otherwise, as a part of the stake</param>
        public static double Binary(double probability, double gain, double loss)
        {
            Library.Require();
            Native.Check(Native.risk_kelly_binary(probability, gain, loss, out double stake));
            return stake;
        }

        /// <summary>Full Kelly of one asset: excess/variance.</summary>
        public static double Continuous(double excess, double variance)
        {
            Library.Require();
            Native.Check(Native.risk_kelly_continuous(excess, variance, out double weight));
            return weight;
        }

        /// <summary>Weights that grow a portfolio fastest under caps.</summary>
        /// <param name="configJson">any of `fraction`, `max_weights`, `min_weights`, `max_gross` and `cash_rate`; may be null</param>
        /// <param name="excess">expected returns above cash over a period: [N]</param>
        /// <param name="covariance">their covariance over the same period: [N * N]</param>
        /// <param name="weights">gets the weights, cash is the rest: [N]</param>
        public static void Weights(string configJson, double[] excess, double[] covariance, double[] weights)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            fixed (double* e = Arrays.Pinnable(excess), c = Arrays.Pinnable(covariance), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.risk_kelly_weights(
                    config, e, Arrays.Length(excess), c, Arrays.Length(covariance), w, Arrays.Length(weights)));
            }
        }

        /// <summary>Full Kelly of a portfolio without any cap: weights of either sign and any size.</summary>
        public static void Unconstrained(double[] excess, double[] covariance, double[] weights)
        {
            Library.Require();
            fixed (double* e = Arrays.Pinnable(excess), c = Arrays.Pinnable(covariance), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.risk_kelly_unconstrained(
                    e, Arrays.Length(excess), c, Arrays.Length(covariance), w, Arrays.Length(weights)));
            }
        }

        /// <summary>Kelly weights from a history of returns, with standard errors.</summary>
        /// <param name="returns">simple returns, one row a bar, oldest first: [bars * assets]</param>
        /// <param name="bars">number of bars, at least 2</param>
        /// <param name="assets">number of assets, N</param>
        /// <param name="barsPerYear">bars a year, above 0, by which the cash rate is spread: 252 for an exchange's days</param>
        /// <param name="configJson">as for <see cref="Weights"/>, with an annual `cash_rate`</param>
        public static KellyEstimate FromReturns(
            double[] returns,
            int bars,
            int assets,
            double barsPerYear,
            string configJson = null)
        {
            Library.Require();
            var found = new KellyEstimate(Math.Max(assets, 0));
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            fixed (double* r = Arrays.Pinnable(returns),
                weights = Arrays.Pinnable(found.Weights),
                standardErrors = Arrays.Pinnable(found.StandardErrors),
                unconstrained = Arrays.Pinnable(found.Unconstrained),
                unconstrainedStandardErrors = Arrays.Pinnable(found.UnconstrainedStandardErrors),
                excess = Arrays.Pinnable(found.Excess))
            {
                var data = KellyEstimateData.Blank();
            data.Weights = weights;
                data.StandardErrors = standardErrors;
                data.Unconstrained = unconstrained;
                data.UnconstrainedStandardErrors = unconstrainedStandardErrors;
                data.Excess = excess;
                data.WeightsLen = data.StandardErrorsLen = data.UnconstrainedLen = data.UnconstrainedStandardErrorsLen =
                    data.ExcessLen = Arrays.Length(found.Weights);
                Native.Check(Native.risk_kelly_from_returns(
                    config, r, Arrays.Length(returns), Arrays.Index(bars), Arrays.Index(assets), barsPerYear, ref data));
                found.MeanShrinkage = data.MeanShrinkage;
                found.CovarianceShrinkage = data.CovarianceShrinkage;
            }
            return found;
        }
    }
}
