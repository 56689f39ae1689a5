namespace PpoRisk
{
    /// <summary>Measures of returns, in the conventions of empyrical-reloaded but for losses, which are positive.</summary>
    public static unsafe class RiskMeasures
    {
        /// <summary>Measures a series of simple returns, oldest first; NaN for an unknown one.</summary>
        /// <param name="returns">the returns</param>
        /// <param name="conventions">what measures are relative to; null for the defaults</param>
        public static ReturnMetrics Metrics(double[] returns, Conventions conventions = null)
        {
            Library.Require();
            var found = ReturnMetrics.Blank();
            fixed (double* r = Arrays.Pinnable(returns))
            {
                Native.Check(Native.risk_metrics_compute(r, Arrays.Length(returns), conventions, ref found));
            }
            return found;
        }

        /// <summary>Measures a series of returns relative to a benchmark's in the same bars.</summary>
        public static BenchmarkMetrics Benchmark(double[] returns, double[] benchmark, Conventions conventions = null)
        {
            Library.Require();
            var found = BenchmarkMetrics.Blank();
            fixed (double* r = Arrays.Pinnable(returns), b = Arrays.Pinnable(benchmark))
            {
                Native.Check(Native.risk_benchmark_metrics_compute(
                    r, Arrays.Length(returns), b, Arrays.Length(benchmark), conventions, ref found));
            }
            return found;
        }

        /// <summary>
        /// The deepest drawdowns of an equity curve, deepest first. Answers how many were written: as many as there are and
        /// fit.
        /// </summary>
        public static int WorstDrawdowns(double[] equity, DrawdownPeriod[] drawdowns)
        {
            Library.Require();
            fixed (double* e = Arrays.Pinnable(equity))
            fixed (DrawdownPeriod* d = Arrays.Pinnable(drawdowns))
            {
                Native.Check(Native.risk_worst_drawdowns(
                    e, Arrays.Length(equity), d, Arrays.Length(drawdowns), out var count));
                return Arrays.Size(count);
            }
        }
    }
}
