// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// What a call of the library came to. A newer library may answer a number that is not listed here:
    /// every negative one is a failure.
    /// </summary>
    public enum Status
    {
        /// <summary>The call did what it says.</summary>
        Ok = 0,
        /// <summary>A pointer is NULL where its function does not allow it.</summary>
        NullPointer = -1,
        /// <summary>
        /// A value, a configuration or a text cannot be used; the message names it and says what was expected.
        /// </summary>
        InvalidArgument = -2,
        /// <summary>
        /// An array, or a list in a JSON text, has another number of values than the call needs.
        /// </summary>
        Length = -3,
        /// <summary>A number is NaN or infinite; the message says which one.</summary>
        NotFinite = -4,
        /// <summary>
        /// The caller's buffer is too small for what is to be copied out; the size needed was written.
        /// </summary>
        BufferTooSmall = -5,
        /// <summary>A pointer is no handle of the kind that the call needs, or one that was freed.</summary>
        WrongHandle = -6,
        /// <summary>
        /// An earlier call on this handle hit a defect of the library (Status.Panic): it can only be freed.
        /// </summary>
        Poisoned = -7,
        /// <summary>
        /// A defect of the library was met and stopped at its border; please report the message. The handles of
        /// the call are poisoned.
        /// </summary>
        Panic = -8,
        /// <summary>
        /// The handle is in use by another call that may change it: another thread's, or one further down this
        /// stack.
        /// </summary>
        Busy = -9,
        /// <summary>The operating system refused to read or write.</summary>
        Io = -10,
        /// <summary>
        /// A policy file (or its bytes) cannot be used: damaged, of another format, or not a policy.
        /// </summary>
        File = -11,
        /// <summary>A cell of a table file cannot be used; the message has its line and column.</summary>
        Table = -12,
        /// <summary>Libtorch refused an operation.</summary>
        Torch = -13,
        /// <summary>Training reached a state that it cannot continue from.</summary>
        Training = -14,
        /// <summary>This library was built without the part that the call needs (see ppo_features).</summary>
        NotBuilt = -15,
        /// <summary>The call needs libtorch, in a process that was forked from one that had used it.</summary>
        Forked = -16,
        /// <summary>The caller asked the call to stop.</summary>
        Cancelled = -17,
        /// <summary>
        /// A struct has content that this library is too old to know, or a size that no version of it had.
        /// </summary>
        Version = -18,
        /// <summary>The time to wait ran out; nothing was lost, and waiting can go on.</summary>
        Timeout = -19,
        /// <summary>A function of the host that the call had to call answered an error.</summary>
        Callback = -20,
        /// <summary>The handle has not been given what the call needs yet, such as enough bars.</summary>
        NotReady = -21,
        /// <summary>
        /// There is not as much memory as the sizes that the caller chose ask for; nothing was changed.
        /// </summary>
        OutOfMemory = -22,
        /// <summary>
        /// Ranks that train together cannot go on: a gather failed, or one of them is at something else.
        /// </summary>
        Collective = -23,
    }

    /// <summary>Level of a line of the log.</summary>
    public enum LogLevel : uint
    {
        /// <summary>Nothing.</summary>
        Off = 0,
        /// <summary>Defects of the library, and handles that were freed twice.</summary>
        Error = 1,
        /// <summary>What went on in another way than asked for.</summary>
        Warn = 2,
        /// <summary>Milestones.</summary>
        Info = 3,
        /// <summary>Everything, among it the error message of every failed call.</summary>
        Debug = 4,
    }

    /// <summary>Where training calculates.</summary>
    public enum Device : uint
    {
        /// <summary>CUDA where the library finds it, else the processor.</summary>
        Auto = 0,
        /// <summary>The processor.</summary>
        Cpu = 1,
        /// <summary>The first CUDA device; training is refused where there is none.</summary>
        Cuda = 2,
    }

    /// <summary>How exactly an agent keeps its network's weights.</summary>
    public enum Precision : uint
    {
        /// <summary>Weights as they were trained.</summary>
        F32 = 0,
        /// <summary>
        /// The weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
        /// </summary>
        Bf16 = 1,
    }

    /// <summary>How a setting moves over training.</summary>
    public enum Schedule : uint
    {
        /// <summary>The setting stays.</summary>
        Constant = 0,
        /// <summary>The setting falls linearly to 0 at the last decision.</summary>
        Linear = 1,
    }

    /// <summary>What the library's own environments reward (docs/rewards.md).</summary>
    public enum Reward : uint
    {
        /// <summary>
        /// The net return less charges for volatility, drawdown and costs. With cash among the choices its best
        /// policy is almost always all cash.
        /// </summary>
        Shaped = 0,
        /// <summary>Ln(1 + net return).</summary>
        LogReturn = 1,
        /// <summary>Constant relative risk aversion `reward_parameter`.</summary>
        Crra = 2,
        /// <summary>Net return less half of `reward_parameter` times its square.</summary>
        MeanVariance = 3,
        /// <summary>The differential Sharpe ratio with the adaptation rate `reward_parameter`.</summary>
        DifferentialSharpe = 4,
        /// <summary>
        /// What the bar added to the CRRA utility of the value since the episode began, with the risk aversion
        /// `reward_parameter`. At gamma 1 an episode's rewards add up to the utility of its last value.
        /// </summary>
        TerminalCrra = 5,
    }

    /// <summary>What is taken out of the reward.</summary>
    public enum ControlVariate : uint
    {
        /// <summary>Nothing is taken out of the reward.</summary>
        None = 0,
        /// <summary>The reward of the prior's own portfolio on the same returns is taken out.</summary>
        PriorPath = 1,
        /// <summary>
        /// The reward that the deterministic action would have had is taken out. In a host's own environment by
        /// its `counterfactual`.
        /// </summary>
        SelfCritical = 2,
        /// <summary>
        /// What the deterministic policy would have earned from the same state to the end of the rollout is
        /// taken out. In a host's own environment by its `remember` and `go_back`; not in environments by
        /// themselves.
        /// </summary>
        PolicyPath = 3,
    }

    /// <summary>What an episode of the library's own environments starts with.</summary>
    public enum Start : uint
    {
        /// <summary>Start of an episode: all in cash.</summary>
        Cash = 0,
        /// <summary>
        /// Start of an episode: random weights of the assets, and of cash where the policy may hold it, all as
        /// likely. A policy then meets holdings that it would not come to by itself, and learns from which of
        /// them not to trade.
        /// </summary>
        Random = 1,
    }

    /// <summary>What a job is doing.</summary>
    public enum JobState : uint
    {
        /// <summary>At work.</summary>
        Running = 0,
        /// <summary>All that was asked for is done.</summary>
        Finished = 1,
        /// <summary>Stopped by ppo_job_cancel or the progress function.</summary>
        Cancelled = 2,
        /// <summary>Ended by an error, which ppo_job_wait answers.</summary>
        Failed = 3,
    }

    /// <summary>Which bar to look for where a time is not among the bars.</summary>
    public enum BarAt : uint
    {
        /// <summary>The first at the time or after it.</summary>
        OrAfter = 0,
        /// <summary>The last at the time or before it.</summary>
        OrBefore = 1,
    }

    /// <summary>Portfolios that people would otherwise hold.</summary>
    public enum Baseline : uint
    {
        /// <summary>Equal weight, brought back every 21 bars.</summary>
        EqualWeight = 0,
        /// <summary>Equal weight at the start, then held.</summary>
        BuyAndHold = 1,
        /// <summary>Weights in inverse proportion to volatility, every 21 bars.</summary>
        InverseVolatility = 2,
        /// <summary>Minimum variance, long only, every 21 bars.</summary>
        MinimumVariance = 3,
        /// <summary>Risk parity, every 21 bars.</summary>
        RiskParity = 4,
        /// <summary>
        /// Equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more
        /// than 0.1.
        /// </summary>
        VolTargetEqualWeight = 5,
    }

    /// <summary>What shaped a decision; from 100 on, what was not looked at.</summary>
    public enum ReasonCode : uint
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
        /// A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow
        /// cash.
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
        /// <summary>
        /// No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
        /// </summary>
        Reducing = 32,
        /// <summary>Everything to cash: the state is HALTED. Found: drawdown.</summary>
        Halted = 33,
        /// <summary>
        /// An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
        /// </summary>
        AssetStop = 34,
        /// <summary>
        /// An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until
        /// re-entry.
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
        /// <summary>
        /// An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the
        /// limits would leave.
        /// </summary>
        AssetHalted = 39,
        /// <summary>
        /// The bar left less than the least value beside the gross exposure, and positions were scaled back at
        /// its close, before the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
        /// </summary>
        MarginCall = 40,
        /// <summary>
        /// An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held;
        /// allowed: what the limits would leave.
        /// </summary>
        AssetPinned = 41,
        /// <summary>
        /// Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
        /// </summary>
        VolatilityTarget = 50,
        /// <summary>Volatility targeting asked for more than the maximum leverage.</summary>
        LeverageMaximum = 51,
        /// <summary>Volatility targeting asked for less than the minimum leverage.</summary>
        LeverageMinimum = 52,
        /// <summary>
        /// Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage
        /// at all.
        /// </summary>
        LeverageDrawdown = 53,
        /// <summary>
        /// Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed:
        /// after.
        /// </summary>
        LeverageTrend = 54,
        /// <summary>Leverage was scaled by the regime. Found: leverage before; allowed: after.</summary>
        LeverageRegime = 55,
        /// <summary>
        /// Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
        /// </summary>
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
        /// Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars
        /// needed.
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
        /// Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found:
        /// its forecast volatility, 0.
        /// </summary>
        FlatTarget = 107,
        /// <summary>
        /// Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset.
        /// Found: bars seen.
        /// </summary>
        FlatPrice = 108,
    }

    /// <summary>What a risk manager lets a portfolio do.</summary>
    public enum RiskState : uint
    {
        /// <summary>Everything within its limits.</summary>
        Active = 0,
        /// <summary>No exposure may grow, by drawdown or ppo_book_halt.</summary>
        Reducing = 1,
        /// <summary>To cash, until risk_manager_reset, or while ppo_book_flatten lasts.</summary>
        Halted = 2,
    }

    /// <summary>Side of the hedge position.</summary>
    public enum HedgeSide : uint
    {
        /// <summary>None is held.</summary>
        None = 0,
        /// <summary>Short, the net exposure is long.</summary>
        Sell = 1,
        /// <summary>Long, the net exposure is short.</summary>
        Buy = 2,
    }

    /// <summary>Single constants of the header.</summary>
    internal static class Constants
    {
        /// <summary>
        /// Version of this header, first number. Before 1.0, only libraries of the same minor version fit a
        /// program.
        /// </summary>
        internal const uint VersionMajor = 0;
        /// <summary>Version of this header, second number.</summary>
        internal const uint VersionMinor = 2;
        /// <summary>Version of this header, third number.</summary>
        internal const uint VersionPatch = 0;
        /// <summary>
        /// Version of this header in one number that can be compared: major * 1,000,000 + minor * 1,000 +
        /// patch.
        /// </summary>
        internal const uint VersionNumber = 2000;
        /// <summary>The trainer, and with it libtorch.</summary>
        internal const uint FeatureTrain = 1;
        /// <summary>A reason's index where it is about the portfolio and no single asset or sector.</summary>
        internal const uint NoIndex = 4294967295;
        /// <summary>Until the job has ended.</summary>
        internal const uint WaitForever = 4294967295;
    }
}
