namespace PpoRisk
{
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
}
