using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>What shaped a decision; from 100 on, what was not looked at.</summary>
    public enum RiskReasonCode : uint
    {
        /// <summary>The target is below an asset's minimum weight. Index: asset. Weights.</summary>
        AssetMinimum = 1,
        /// <summary>The target is above an asset's maximum weight. Index: asset. Weights.</summary>
        AssetMaximum = 2,
        /// <summary>The sum of abs(weights), leverage, is above its maximum.</summary>
        GrossExposure = 3,
        /// <summary>The sum of weights is below its minimum.</summary>
        NetMinimum = 4,
        /// <summary>The sum of weights is above its maximum.</summary>
        NetMaximum = 5,
        /// <summary>A sector's sum of weights is below its minimum. Index: sector.</summary>
        SectorMinimum = 6,
        /// <summary>A sector's sum of weights is above its maximum. Index: sector.</summary>
        SectorMaximum = 7,
        /// <summary>Cash, 1 - sum of weights, is below its floor.</summary>
        CashFloor = 8,
        /// <summary>The one-way turnover to the target is above its maximum.</summary>
        Turnover = 9,
        /// <summary>
        /// The other limits cannot be met within the turnover allowed: they win, and this much is traded.
        /// </summary>
        TurnoverExceeded = 10,
        /// <summary>
        /// Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity.
        /// </summary>
        HistoricalValueAtRisk = 11,
        /// <summary>Gaussian value at risk of one bar is above its maximum.</summary>
        GaussianValueAtRisk = 12,
        /// <summary>Historical conditional value at risk of one bar is above its maximum.</summary>
        HistoricalConditionalValueAtRisk = 13,
        /// <summary>Gaussian conditional value at risk of one bar is above its maximum.</summary>
        GaussianConditionalValueAtRisk = 14,
        /// <summary>
        /// Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
        /// </summary>
        TailRiskExceeded = 15,
        /// <summary>
        /// A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
        /// </summary>
        MinimumRelaxed = 16,
        /// <summary>
        /// The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
        /// </summary>
        TradeBand = 17,
        /// <summary>Drawdown has reached the threshold from which no exposure may grow.</summary>
        DrawdownReduce = 30,
        /// <summary>Drawdown has reached the stop: to cash until reset.</summary>
        DrawdownStop = 31,
        /// <summary>No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.</summary>
        Reducing = 32,
        /// <summary>Everything to cash: the state is HALTED. Found: drawdown.</summary>
        Halted = 33,
        /// <summary>
        /// An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
        /// </summary>
        AssetStop = 34,
        /// <summary>
        /// An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-
        /// entry.
        /// </summary>
        AssetStopped = 35,
        /// <summary>
        /// The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
        /// </summary>
        ExposureBound = 36,
        /// <summary>
        /// An operator has halted the book: the target is what is held, and no exposure may grow.
        /// </summary>
        OperatorHalt = 37,
        /// <summary>An operator has the book flattened: everything to cash.</summary>
        OperatorFlatten = 38,
        /// <summary>Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.</summary>
        VolatilityTarget = 50,
        /// <summary>Volatility targeting asked for more than the maximum leverage.</summary>
        LeverageMaximum = 51,
        /// <summary>Volatility targeting asked for less than the minimum leverage.</summary>
        LeverageMinimum = 52,
        /// <summary>
        /// Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
        /// </summary>
        LeverageDrawdown = 53,
        /// <summary>
        /// Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
        /// </summary>
        LeverageTrend = 54,
        /// <summary>Leverage was scaled by the regime. Found: leverage before; allowed: after.</summary>
        LeverageRegime = 55,
        /// <summary>Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.</summary>
        LimitsRegime = 56,
        /// <summary>The hedge was opened. Found: drawdown; allowed: the threshold.</summary>
        HedgeOpened = 70,
        /// <summary>The hedge is kept. Found: drawdown; allowed: where it ends.</summary>
        HedgeKept = 71,
        /// <summary>The hedge was closed. Found: drawdown; allowed: where it ends.</summary>
        HedgeClosed = 72,
        /// <summary>The ATR size is below the target's. Index: asset. Units.</summary>
        PositionRisk = 80,
        /// <summary>
        /// The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
        /// </summary>
        OpenRisk = 81,
        /// <summary>A position is above the hard maximum. Index: asset. Units.</summary>
        PositionMaximum = 82,
        /// <summary>A position is below the smallest tradable one and was dropped. Index: asset. Units.</summary>
        PositionMinimum = 83,
        /// <summary>
        /// Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
        /// </summary>
        SkippedLeverage = 100,
        /// <summary>
        /// Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
        /// </summary>
        SkippedTailRisk = 101,
        /// <summary>
        /// Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
        /// </summary>
        SkippedPositionSize = 102,
        /// <summary>The true range is that of closes alone: no high and low were given.</summary>
        CloseOnlyTrueRange = 103,
        /// <summary>Not looked at: the regime, for want of an observation. Found: bars seen.</summary>
        SkippedRegime = 104,
        /// <summary>Not looked at: trend, which was not given.</summary>
        SkippedTrend = 105,
        /// <summary>Betas were not given: every asset counts as 1 in the hedge.</summary>
        HedgeWithoutBetas = 106,
        /// <summary>
        /// Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its
        /// forecast volatility, 0.
        /// </summary>
        FlatTarget = 107,
        /// <summary>
        /// Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found: bars
        /// seen.
        /// </summary>
        FlatPrice = 108,
    }

    /// <summary>One thing that shaped a decision, or that was not looked at.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct RiskReason
    {
        /// <summary>The index of a reason that is about the portfolio and no single asset or sector.</summary>
        public const uint NoIndex = uint.MaxValue;

        /// <summary>What it is.</summary>
        public RiskReasonCode Code;
        /// <summary>The asset or sector that it is about, from 0; <see cref="NoIndex"/> where it is about the portfolio.</summary>
        public uint Index;
        /// <summary>The number found, in the unit of the code; NaN where there is none.</summary>
        public double Found;
        /// <summary>The number allowed or aimed at, in the same unit; NaN where there is none.</summary>
        public double Allowed;

        /// <summary>The name of the code, as in JSON: "DRAWDOWN_STOP".</summary>
        public string Name
        {
            get { return Text.Read(Native.risk_reason_name(Code)); }
        }

        /// <summary>A line for people: the code, the name that the index stands for, what was found and allowed.</summary>
        /// <param name="assets">names of the assets; null where there are none: an asset is then "number 3"</param>
        /// <param name="sectors">names of the sectors; null where there are none</param>
        public string Describe(string[] assets = null, string[] sectors = null)
        {
            var reason = this;
            using (var ofAssets = new Names(assets, nameof(assets)))
            using (var ofSectors = new Names(sectors, nameof(sectors)))
            {
                var assetPointers = (IntPtr)ofAssets.Pointers;
                var sectorPointers = (IntPtr)ofSectors.Pointers;
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_reason_describe(
                        ref reason,
                        (byte**)assetPointers,
                        Arrays.Length(assets),
                        (byte**)sectorPointers,
                        Arrays.Length(sectors),
                        buffer,
                        capacity,
                        out needed));
            }
        }
    }

    internal static unsafe partial class Native
    {
        /// <summary>A constant of the library's: not to be freed.</summary>
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern byte* risk_reason_name(RiskReasonCode code);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_reason_describe(
            ref RiskReason reason,
            byte** assets,
            UIntPtr assets_len,
            byte** sectors,
            UIntPtr sectors_len,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);
    }
}
