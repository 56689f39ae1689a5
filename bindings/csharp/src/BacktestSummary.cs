using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, 252 bars a year; a figure that
    /// is not defined is NaN.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BacktestSummary
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>0.</summary>
        internal uint Reserved;
        /// <summary>Number of bars, T.</summary>
        public ulong Bars;
        /// <summary>Compound growth a year, net of costs.</summary>
        public double AnnualReturn;
        /// <summary>Annual standard deviation of the returns.</summary>
        public double Volatility;
        /// <summary>Annual Sharpe ratio of the returns over what cash earned in each bar.</summary>
        public double Sharpe;
        /// <summary>Annual Sortino ratio of the returns over what cash earned in each bar.</summary>
        public double Sortino;
        /// <summary>Largest drawdown, a positive fraction of the peak.</summary>
        public double MaxDrawdown;
        /// <summary>Annual return over largest drawdown.</summary>
        public double Calmar;
        /// <summary>5% value at risk of one bar, a positive loss.</summary>
        public double ValueAtRisk;
        /// <summary>5% conditional value at risk of one bar, a positive loss.</summary>
        public double ConditionalValueAtRisk;
        /// <summary>One-way turnover a year.</summary>
        public double Turnover;
        /// <summary>Sum over bars of the fraction of value that costs took.</summary>
        public double CostsPaid;
    }

    /// <summary>How far two back-tests are apart: the annual Sharpe ratio of the first less that of the second.</summary>
    public struct SharpeDifference
    {
        /// <summary>Median of the draws; NaN where a ratio is not defined.</summary>
        public double Median;
        /// <summary>Lower end of the interval; NaN where there are too few bars for one (252, and 12 blocks).</summary>
        public double Low;
        /// <summary>Upper end of the interval; NaN as the lower one.</summary>
        public double High;
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_summary_init(ref BacktestSummary summary, UIntPtr size);
    }
}
