using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>What measures are relative to. New ones are the defaults.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public sealed class RiskConventions
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved;
        /// <summary>Bars in a year, above 0; default 252.</summary>
        public double BarsPerYear;
        /// <summary>Risk-free return of one bar; default 0. Sharpe, omega and alpha use it.</summary>
        public double RiskFree;
        /// <summary>Required return of one bar; default 0. Sortino, downside risk and omega use it.</summary>
        public double RequiredReturn;
        /// <summary>Part of the bars in the tail of value at risk, in [0, 1]; default 0.05.</summary>
        public double Tail;

        /// <summary>The defaults.</summary>
        public RiskConventions()
        {
            Native.Check(Native.risk_conventions_init(this, (UIntPtr)Marshal.SizeOf(typeof(RiskConventions))));
        }
    }

    /// <summary>Measures of a series of returns. A measure that is not defined is NaN.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RiskMetrics
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved;
        /// <summary>Growth over all bars.</summary>
        public double TotalReturn;
        /// <summary>Compound growth per year.</summary>
        public double AnnualReturn;
        /// <summary>Annual standard deviation.</summary>
        public double AnnualVolatility;
        /// <summary>Annual Sharpe ratio.</summary>
        public double Sharpe;
        /// <summary>Annual Sortino ratio; infinite without a loss.</summary>
        public double Sortino;
        /// <summary>Annual root mean square of what returns fall short of the required one.</summary>
        public double DownsideRisk;
        /// <summary>Largest fall from the running peak, a fraction of it.</summary>
        public double MaxDrawdown;
        /// <summary>Annual return over the largest drawdown.</summary>
        public double Calmar;
        /// <summary>Sum of gains over sum of losses.</summary>
        public double Omega;
        /// <summary>Loss of one bar that the tail exceeds; NaN where a return is unknown.</summary>
        public double ValueAtRisk;
        /// <summary>Mean loss of one bar in the tail.</summary>
        public double ConditionalValueAtRisk;
        /// <summary>R squared of a straight line through cumulative log returns.</summary>
        public double Stability;
        /// <summary>Size of the 95% quantile over the size of the 5% quantile.</summary>
        public double TailRatio;
        /// <summary>Skewness; NaN where a return is unknown.</summary>
        public double Skewness;
        /// <summary>Excess kurtosis; NaN where a return is unknown.</summary>
        public double Kurtosis;
    }

    /// <summary>Measures of a series of returns relative to a benchmark.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BenchmarkMetrics
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved;
        /// <summary>Slope of the returns on the benchmark's.</summary>
        public double Beta;
        /// <summary>Annual return that beta does not explain.</summary>
        public double Alpha;
        /// <summary>Beta over the bars in which the benchmark rose.</summary>
        public double UpBeta;
        /// <summary>Alpha over the bars in which the benchmark rose.</summary>
        public double UpAlpha;
        /// <summary>Beta over the bars in which the benchmark fell.</summary>
        public double DownBeta;
        /// <summary>Alpha over the bars in which the benchmark fell.</summary>
        public double DownAlpha;
        /// <summary>Annual return over the benchmark's; infinite where that is 0.</summary>
        public double Capture;
        /// <summary>Capture over the bars in which the benchmark rose.</summary>
        public double UpCapture;
        /// <summary>Capture over the bars in which the benchmark fell.</summary>
        public double DownCapture;
        /// <summary>Up capture over down capture.</summary>
        public double UpDownCapture;
        /// <summary>
        /// Mean active return over its standard deviation, per bar: times the root of bars per year for a year.
        /// </summary>
        public double InformationRatio;
        /// <summary>Part of the bars in which the returns were above the benchmark's.</summary>
        public double Batting;
        /// <summary>Of the bars in which the benchmark did not fall.</summary>
        public double UpBatting;
        /// <summary>Of the bars in which the benchmark fell.</summary>
        public double DownBatting;
        /// <summary>Taleb's fragility heuristic; negative: fragile.</summary>
        public double BetaFragility;
    }

    /// <summary>A fall of an equity curve from a peak.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct DrawdownPeriod
    {
        /// <summary>Largest fall from the peak, a positive fraction of it.</summary>
        public double Depth;
        /// <summary>Point of the peak.</summary>
        public ulong Peak;
        /// <summary>Point of the lowest value, the first among equals.</summary>
        public ulong Valley;
        /// <summary>First point that is back at the peak or above it; 0 while still under water.</summary>
        public ulong Recovery;
    }

    /// <summary>Measures of returns, in the conventions of empyrical-reloaded but for losses, which are positive.</summary>
    public static unsafe class RiskMeasures
    {
        /// <summary>Measures a series of simple returns, oldest first; NaN for an unknown one.</summary>
        /// <param name="returns">the returns</param>
        /// <param name="conventions">what measures are relative to; null for the defaults</param>
        public static RiskMetrics Metrics(double[] returns, RiskConventions conventions = null)
        {
            Library.Require();
            var found = new RiskMetrics();
            Native.Check(Native.risk_metrics_init(ref found, (UIntPtr)sizeof(RiskMetrics)));
            fixed (double* r = Arrays.Pinnable(returns))
            {
                Native.Check(Native.risk_metrics_compute(r, Arrays.Length(returns), conventions, ref found));
            }
            return found;
        }

        /// <summary>Measures a series of returns relative to a benchmark's in the same bars.</summary>
        public static BenchmarkMetrics Benchmark(double[] returns, double[] benchmark, RiskConventions conventions = null)
        {
            Library.Require();
            var found = new BenchmarkMetrics();
            Native.Check(Native.risk_benchmark_metrics_init(ref found, (UIntPtr)sizeof(BenchmarkMetrics)));
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

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_benchmark_metrics_init(ref BenchmarkMetrics metrics, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_benchmark_metrics_compute(
            double* returns,
            UIntPtr returns_len,
            double* benchmark,
            UIntPtr benchmark_len,
            [In] RiskConventions conventions,
            ref BenchmarkMetrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_conventions_init([In, Out] RiskConventions conventions, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_metrics_init(ref RiskMetrics metrics, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_metrics_compute(
            double* returns, UIntPtr returns_len, [In] RiskConventions conventions, ref RiskMetrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_worst_drawdowns(
            double* equity, UIntPtr equity_len, DrawdownPeriod* drawdowns, UIntPtr capacity, out UIntPtr count);
    }
}
