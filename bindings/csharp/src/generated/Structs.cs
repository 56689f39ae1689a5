// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// How a policy is made and trained. Names and meanings are those of Stable-Baselines3 where it has
    /// them. A decision is one environment's step.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public sealed unsafe partial class Config
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>
        /// Seed of every random draw. Range: any number; default 0. The same seed gives the same numbers on any
        /// number of threads.
        /// </summary>
        public ulong Seed;
        /// <summary>
        /// Noise of decisions at the start, gaussian policy: the logarithm of the scores' standard deviation.
        /// Range: in [-20, 20]; default -1.2.
        /// </summary>
        public double LogStdInit;
        /// <summary>
        /// Noise of decisions at the start, dirichlet policy: the concentration; the larger, the less noise.
        /// Range: above 0; default 20.
        /// </summary>
        public double KappaInit;
        /// <summary>
        /// Decisions to train each seed for. Range: at least 1; default 300,000. Over all environments; rounded
        /// up to whole rollouts.
        /// </summary>
        public ulong TotalSteps;
        /// <summary>
        /// Portfolios that are run side by side to gather decisions (environments). Range: in [1, 16777216];
        /// default 64.
        /// </summary>
        public ulong NEnvs;
        /// <summary>
        /// Decisions that each environment takes between updates. Range: in [1, 16777216]; default 64. NEnvs *
        /// NSteps is below 2^32.
        /// </summary>
        public ulong NSteps;
        /// <summary>
        /// Decisions that one step of learning looks at (a minibatch). Range: at least 2; default 1024. At most
        /// NEnvs * NSteps, and at least 2: advantages are normalised over it.
        /// </summary>
        public ulong BatchSize;
        /// <summary>
        /// How often an update goes over the decisions gathered for it. Range: in [1, 16777216]; default 4.
        /// </summary>
        public ulong NEpochs;
        /// <summary>
        /// Threads for rollouts and gradients; the numbers do not depend on it. Range: in [1, 1024]; default 1.
        /// </summary>
        public uint Threads;
        /// <summary>Where the network is trained, a Device; default Device.Auto.</summary>
        public Device Device;
        /// <summary>Size of a step of learning (of the optimiser Adam). Range: above 0; default 3e-4.</summary>
        public double LearningRate;
        /// <summary>
        /// What a reward one decision later counts beside one now (the discount). Range: in [0, 1]; default
        /// 0.99.
        /// </summary>
        public double Gamma;
        /// <summary>
        /// How far ahead rewards are looked at to judge a decision: 0 is the next one and then an estimate, 1
        /// all of them (lambda of generalised advantage estimation, Schulman et al. 2016). Range: in [0, 1];
        /// default 0.95.
        /// </summary>
        public double GaeLambda;
        /// <summary>
        /// How far an update may move a decision's probability, as a part of it, before the decision counts no
        /// more. Range: above 0; default 0.2.
        /// </summary>
        public double ClipRange;
        /// <summary>
        /// How far an update may move the estimated value of a state before the state counts no more. Range:
        /// above 0; default 0: any distance. In units of the scaled return.
        /// </summary>
        public double ClipRangeVf;
        /// <summary>
        /// Reward for deciding at random (the weight of the entropy, in nats, in the loss). Range: at least 0;
        /// default 0. Above 0 it keeps the noise up where rewards are noisy.
        /// </summary>
        public double EntCoef;
        /// <summary>
        /// How much estimating the value of states counts beside deciding (the weight of the value losses).
        /// Range: at least 0; default 0.5.
        /// </summary>
        public double VfCoef;
        /// <summary>
        /// Longest gradient that a step of learning follows (Euclidean norm); longer ones are scaled down to
        /// it. Range: above 0; default 0.5.
        /// </summary>
        public double MaxGradNorm;
        /// <summary>
        /// An update ends early once it has moved the policy by 1.5 times this (approximate KL divergence, in
        /// nats). Range: above 0; default 0: never.
        /// </summary>
        public double TargetKl;
        /// <summary>What keeps Adam from dividing by 0 (its epsilon). Range: above 0; default 1e-5.</summary>
        public double AdamEps;
        /// <summary>
        /// How the step size moves from the first decision to the last, a Schedule; default Schedule.Linear.
        /// </summary>
        public Schedule LearningRateSchedule;
        /// <summary>
        /// How the clip range moves from the first decision to the last, a Schedule; default Schedule.Constant.
        /// </summary>
        public Schedule ClipRangeSchedule;
        private uint normalizeAdvantage;
        private uint normalizeObservation;
        private uint normalizeReward;
        /// <summary>What is rewarded, a Reward; default Reward.Shaped. Not for a host's own environment.</summary>
        public Reward Reward;
        /// <summary>What is taken out of the reward, a ControlVariate; default ControlVariate.None.</summary>
        public ControlVariate ControlVariate;
        /// <summary>
        /// What an episode starts with, a Start; default Start.Cash. With random weights a policy meets
        /// holdings that it would not come to by itself: where trading costs, and it is best to wait, it learns
        /// from which holdings not to. Back-tests start in cash. Not for a host's own environment.
        /// </summary>
        public Start Start;
        /// <summary>
        /// The reward's own number: risk aversion, at least 0 (Reward.Crra, Reward.MeanVariance,
        /// Reward.TerminalCrra; default 2), or adaptation rate per bar, in (0, 1], or 0: 1/(a year of the
        /// market's bars) (Reward.DifferentialSharpe). Others do not read it.
        /// </summary>
        public double RewardParameter;
        /// <summary>
        /// Shaped reward: charge per unit of volatility (of the last 20 net returns, per bar), at least 0;
        /// default 0.1.
        /// </summary>
        public double ShapedVolatility;
        /// <summary>
        /// Shaped reward: charge per unit of drawdown, where that is beyond the threshold, at least 0; default
        /// 2.
        /// </summary>
        public double ShapedDrawdown;
        /// <summary>
        /// Shaped reward: drawdown (1 - value/peak) up to which nothing is charged, in [0, 1]; default 0.05.
        /// </summary>
        public double ShapedDrawdownThreshold;
        /// <summary>Shaped reward: charge per unit of cost over value, at least 0; default 10.</summary>
        public double ShapedCost;
        /// <summary>
        /// Money at the start of an episode. Range: above 0; default 100,000. In the currency of the prices.
        /// </summary>
        public double Balance;
        /// <summary>
        /// Commission per traded notional of assets, in training and test; 0.001 is 0.1%. Range: in [0, 1);
        /// default 0.001. Moving cash is free. Where the market has rates of its own, they take its place.
        /// </summary>
        public double CostRate;
        /// <summary>
        /// Decisions in a training episode. Range: at least 1; default 252. Fewer where the market is shorter.
        /// </summary>
        public ulong EpisodeLen;
        /// <summary>
        /// Annual fee on what is sold short, charged every bar on its value when the bar began. Range: in [0,
        /// 10]; default 0. Where the market has fees of its own, they take its place.
        /// </summary>
        public double BorrowRate;
        /// <summary>
        /// Annual rate that borrowed money (cash below 0) costs on top of what cash earns. Range: in [0, 10];
        /// default 0.
        /// </summary>
        public double MarginRate;
        /// <summary>
        /// Smallest value as a part of the gross exposure in money, for actions that may be short or levered.
        /// Range: in (0, 1]; default 0.25. Below it, positions are scaled back to it at that close, at cost.
        /// More than CostRate, and at most 1/max_gross.
        /// </summary>
        public double Maintenance;
        /// <summary>
        /// Least commission for each order, in money; 0 is none. Range: at least 0; default 0. An asset is an
        /// order where its weight is to change by more than 1e-9.
        /// </summary>
        public double MinimumFee;
        /// <summary>
        /// Market impact Y: a traded unit costs Y * volatility * (traded money / daily money
        /// volume)^ImpactExponent. Range: in [0, 1000]; default 0. As a part of its price; "daily" is a bar.
        /// Volatility and mean volume are those of the last `state.window` bars. 0 is none; above 0 the market
        /// must have volumes. Measured on many markets it is about 1.
        /// </summary>
        public double Impact;
        /// <summary>
        /// How impact grows with what is traded: 0.5 is the square-root law. Range: in (0, 2]; default 0.5.
        /// </summary>
        public double ImpactExponent;
        /// <summary>
        /// Units that positions are multiples of, rounded towards 0; 0 is any fraction. Range: at least 0;
        /// default 0. Above 0 the market must have prices of units. Margin calls sell fractions.
        /// </summary>
        public double Lot;
        /// <summary>
        /// How much more often an epoch looks at what an environment did where more can be learnt from it (the
        /// exponent of prioritised trajectories); 0: everything once. Range: in [0, 4]; default 0. What one
        /// environment did in a rollout is drawn in proportion to the sum of abs(advantage) to this power, with
        /// replacement, and weighted so that the mean stays what it is.
        /// </summary>
        public double PriorityAlpha;
        /// <summary>
        /// How much of the bias of drawing by priority is taken out at the start; at the end all of it is
        /// (beta, which rises to 1). Range: in [0, 1]; default 0.4.
        /// </summary>
        public double PriorityBeta;
        /// <summary>
        /// Noise of decisions at the end, gaussian policy, which is come to in equal steps. Range: in [-20,
        /// 20]; default infinity: the noise is learnt. Where noise costs something, as where trading does, a
        /// policy that learns its noise may have none left before it has learnt anything else.
        /// </summary>
        public double LogStdFinal;
        /// <summary>
        /// Noise of decisions at the end, dirichlet policy, which is come to in equal parts. Range: above 0;
        /// default 0: the noise is learnt.
        /// </summary>
        public double KappaFinal;

        /// <summary>
        /// Whether what decisions were better than expected by (advantages) is normalised in every minibatch;
        /// default true. To mean 0 and standard deviation 1 (ddof 1).
        /// </summary>
        public bool NormalizeAdvantage
        {
            get { return normalizeAdvantage != 0; }
            set { normalizeAdvantage = value ? 1u : 0u; }
        }

        /// <summary>
        /// Whether what the policy sees is normalised by running statistics, which become part of the policy;
        /// default true. Otherwise its statistics stay at mean 0 and variance 1, and only the clip at 10 acts.
        /// </summary>
        public bool NormalizeObservation
        {
            get { return normalizeObservation != 0; }
            set { normalizeObservation = value ? 1u : 0u; }
        }

        /// <summary>
        /// Whether rewards are divided by the running standard deviation of the discounted return; default
        /// true.
        /// </summary>
        public bool NormalizeReward
        {
            get { return normalizeReward != 0; }
            set { normalizeReward = value ? 1u : 0u; }
        }

        /// <summary>The defaults.</summary>
        public Config()
        {
            Library.Require();
            Native.Check(Native.ppo_config_init(this, (UIntPtr)Marshal.SizeOf(typeof(Config))));
        }
    }

    /// <summary>
    /// What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, by the market's
    /// bars a year; a figure that is not defined is NaN, and a series that is constant up to rounding has
    /// volatility 0 and no ratio.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct Summary
    {
        internal uint StructSize;
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

        /// <summary>One that the library has filled in.</summary>
        internal static Summary Blank()
        {
            var blank = new Summary();
            Native.Check(Native.ppo_backtest_summary_init(ref blank, (UIntPtr)sizeof(Summary)));
            return blank;
        }
    }

    /// <summary>
    /// A bar that just ended, as far as it is known: the same for a portfolio, a book and a risk manager.
    /// What is not given is estimated from earlier bars where that is possible, and otherwise not looked
    /// at; the decision's reasons say which.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct BarData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal double* Closes;
        internal UIntPtr ClosesLen;
        internal double* Highs;
        internal UIntPtr HighsLen;
        internal double* Lows;
        internal UIntPtr LowsLen;
        internal double* Atr;
        internal UIntPtr AtrLen;
        internal double* Betas;
        internal UIntPtr BetasLen;
        internal double* Observation;
        internal UIntPtr ObservationLen;
        internal double Volatility;
        internal double Trend;
        internal long Time;
        internal double CashReturn;
        internal double* Columns;
        internal UIntPtr ColumnsLen;
        internal double* AssetColumns;
        internal UIntPtr AssetColumnsLen;
        internal double* Prior;
        internal UIntPtr PriorLen;
        internal double* Ends;
        internal UIntPtr EndsLen;
        internal double* CostRates;
        internal UIntPtr CostRatesLen;
        internal double* HalfSpreads;
        internal UIntPtr HalfSpreadsLen;
        internal double* BorrowRates;
        internal UIntPtr BorrowRatesLen;
        internal double* Volumes;
        internal UIntPtr VolumesLen;

        /// <summary>One that the library has filled in.</summary>
        internal static BarData Blank()
        {
            var blank = new BarData();
            Native.Check(Native.ppo_bar_init(ref blank, (UIntPtr)sizeof(BarData)));
            return blank;
        }
    }

    /// <summary>One thing that shaped a decision, or that was not looked at (codes from 100 on).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct Reason
    {
        /// <summary>a ReasonCode.</summary>
        public ReasonCode Code;
        /// <summary>
        /// The asset or sector that it is about, from 0; RISK_NO_INDEX where it is about the portfolio.
        /// </summary>
        public uint Index;
        /// <summary>The number found, in the unit of the code; NaN where there is none.</summary>
        public double Found;
        /// <summary>The number allowed or aimed at, in the same unit; NaN where there is none.</summary>
        public double Allowed;
    }

    /// <summary>A decision.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct DecisionData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal double* Weights;
        internal UIntPtr WeightsLen;
        internal double* Units;
        internal UIntPtr UnitsLen;
        internal double* Stops;
        internal UIntPtr StopsLen;
        internal Reason* Reasons;
        internal UIntPtr ReasonsCapacity;
        internal UIntPtr ReasonsLen;
        internal RiskState State;
        private uint hedgeActive;
        internal HedgeSide HedgeSide;
        internal uint Reserved2;
        internal double Cash;
        internal double Gross;
        internal double Net;
        internal double Turnover;
        internal double Leverage;
        internal double Volatility;
        internal double Drawdown;
        internal double HedgeNotional;
        internal double HedgeNet;
        internal double HedgeRatio;

        /// <summary>Whether the hedge is open.</summary>
        internal bool HedgeActive
        {
            get { return hedgeActive != 0; }
            set { hedgeActive = value ? 1u : 0u; }
        }

        /// <summary>One that the library has filled in.</summary>
        internal static DecisionData Blank()
        {
            var blank = new DecisionData();
            Native.Check(Native.risk_decision_init(ref blank, (UIntPtr)sizeof(DecisionData)));
            return blank;
        }
    }

    /// <summary>How a portfolio stands at a close, before what is traded at it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct Account
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Money: assets and cash together.</summary>
        public double Value;
        /// <summary>Weight of cash.</summary>
        public double Cash;
        /// <summary>1 - value/peak, in [0, 1].</summary>
        public double Drawdown;
        /// <summary>
        /// Standard deviation (ddof 0) of the last 20 net returns of the portfolio, per bar; 0 below two.
        /// </summary>
        public double Volatility;

        /// <summary>One that the library has filled in.</summary>
        internal static Account Blank()
        {
            var blank = new Account();
            Native.Check(Native.ppo_account_init(ref blank, (UIntPtr)sizeof(Account)));
            return blank;
        }
    }

    /// <summary>
    /// Sums over an episode that ended. The struct stays as it is: an array of them is written by
    /// ppo_env_take_episodes.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct Episode
    {
        /// <summary>Sum of the rewards of the mode, before any control variate.</summary>
        public double RewardSum;
        /// <summary>ln(final value / balance): minus infinity at ruin.</summary>
        public double LogGrowth;
        /// <summary>Sum of the one-way turnovers of its steps.</summary>
        public double Turnover;
        /// <summary>Sum of the costs of its steps, each as a fraction of the value before its trade.</summary>
        public double Cost;
        /// <summary>Steps taken.</summary>
        public ulong Steps;
    }

    /// <summary>
    /// Where a step writes: the caller's arrays, each NULL where it is not wanted. Outputs must not
    /// overlap.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct StepOutputsData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal ulong Len;
        internal ulong StatesLen;
        internal ulong PriorLen;
        internal double* Rewards;
        internal double* RawRewards;
        internal double* BaselineRewards;
        internal double* NetReturns;
        internal double* Turnovers;
        internal double* Costs;
        internal byte* Terminated;
        internal byte* Truncated;
        internal float* States;
        internal float* FinalStates;
        internal double* Prior;

        /// <summary>One that the library has filled in.</summary>
        internal static StepOutputsData Blank()
        {
            var blank = new StepOutputsData();
            Native.Check(Native.ppo_env_outputs_init(ref blank, (UIntPtr)sizeof(StepOutputsData)));
            return blank;
        }
    }

    /// <summary>
    /// Prices for ppo_market_from_prices: T bars of N assets. Arrays are row-major, a row for each bar, and
    /// are copied.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct PricesData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal ulong Bars;
        internal ulong Assets;
        internal ulong Columns;
        internal double* Closes;
        internal byte** AssetNames;
        internal long* Times;
        internal double BarsPerYear;
        private uint confirmCashRate;
        internal uint Reserved2;
        internal double* Opens;
        internal double* Highs;
        internal double* Lows;
        internal double* Volumes;
        internal double* CashRates;
        internal double CashRate;
        internal byte** ColumnNames;
        internal double* Signals;
        internal ulong AssetColumns;
        internal byte** AssetColumnNames;
        internal double* AssetSignals;
        internal double* Prior;
        internal double* Ends;
        internal double DelistingReturn;
        internal uint MaxHaltedBars;
        private uint gaps;
        internal double* CostRates;
        internal ulong CostRatesLen;
        internal double* HalfSpreads;
        internal ulong HalfSpreadsLen;
        internal double* BorrowRates;
        internal ulong BorrowRatesLen;

        /// <summary>
        /// Whether rates of cash above 1 (100% a year) are meant; default false: they are as a rule
        /// percentages, and refused.
        /// </summary>
        internal bool ConfirmCashRate
        {
            get { return confirmCashRate != 0; }
            set { confirmCashRate = value ? 1u : 0u; }
        }

        /// <summary>
        /// Whether assets may be missing; default false: closes of NaN are refused. Where they may, a close of
        /// NaN is none: the asset is absent before its first, halted without one, and ends after MaxHaltedBars
        /// of them.
        /// </summary>
        internal bool Gaps
        {
            get { return gaps != 0; }
            set { gaps = value ? 1u : 0u; }
        }

        /// <summary>One that the library has filled in.</summary>
        internal static PricesData Blank()
        {
            var blank = new PricesData();
            Native.Check(Native.ppo_prices_init(ref blank, (UIntPtr)sizeof(PricesData)));
            return blank;
        }
    }

    /// <summary>Measures relative to a benchmark, NaN where one is not defined.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct BenchmarkMetrics
    {
        internal uint StructSize;
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

        /// <summary>One that the library has filled in.</summary>
        internal static BenchmarkMetrics Blank()
        {
            var blank = new BenchmarkMetrics();
            Native.Check(Native.risk_benchmark_metrics_init(ref blank, (UIntPtr)sizeof(BenchmarkMetrics)));
            return blank;
        }
    }

    /// <summary>What measures are relative to. Rates are simple returns of one bar.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public sealed unsafe partial class Conventions
    {
        internal uint StructSize;
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
        public Conventions()
        {
            Library.Require();
            Native.Check(Native.risk_conventions_init(this, (UIntPtr)Marshal.SizeOf(typeof(Conventions))));
        }
    }

    /// <summary>The portfolio at the close.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct RiskPortfolioData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal double* Target;
        internal UIntPtr TargetLen;
        internal double* Current;
        internal UIntPtr CurrentLen;
        internal double Equity;
        internal double Drawdown;

        /// <summary>One that the library has filled in.</summary>
        internal static RiskPortfolioData Blank()
        {
            var blank = new RiskPortfolioData();
            Native.Check(Native.risk_portfolio_init(ref blank, (UIntPtr)sizeof(RiskPortfolioData)));
            return blank;
        }
    }

    /// <summary>The hedge position to hold after a bar; a position, not a change of one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct HedgePosition
    {
        internal uint StructSize;
        internal uint Reserved;
        private uint active;
        /// <summary>Side of the position, opposite to the net exposure: a HedgeSide.</summary>
        public HedgeSide Side;
        /// <summary>Size of the position in money, 0 or more: ratio * abs(net) * equity.</summary>
        public double Notional;
        /// <summary>
        /// Net exposure that is hedged, as a signed part of equity: the sum of weights, or of beta * weight.
        /// </summary>
        public double Net;
        /// <summary>Part of the net exposure that is hedged; 0 while closed.</summary>
        public double Ratio;

        /// <summary>Whether the hedge is open.</summary>
        public bool Active
        {
            get { return active != 0; }
            set { active = value ? 1u : 0u; }
        }

        /// <summary>One that the library has filled in.</summary>
        internal static HedgePosition Blank()
        {
            var blank = new HedgePosition();
            Native.Check(Native.risk_hedge_position_init(ref blank, (UIntPtr)sizeof(HedgePosition)));
            return blank;
        }
    }

    /// <summary>Kelly weights from a history, what they rest on, and how far they can be trusted.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct KellyEstimateData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal double* Weights;
        internal UIntPtr WeightsLen;
        internal double* StandardErrors;
        internal UIntPtr StandardErrorsLen;
        internal double* Unconstrained;
        internal UIntPtr UnconstrainedLen;
        internal double* UnconstrainedStandardErrors;
        internal UIntPtr UnconstrainedStandardErrorsLen;
        internal double* Excess;
        internal UIntPtr ExcessLen;
        internal double MeanShrinkage;
        internal double CovarianceShrinkage;

        /// <summary>One that the library has filled in.</summary>
        internal static KellyEstimateData Blank()
        {
            var blank = new KellyEstimateData();
            Native.Check(Native.risk_kelly_estimate_init(ref blank, (UIntPtr)sizeof(KellyEstimateData)));
            return blank;
        }
    }

    /// <summary>
    /// Measures of a series of simple returns, NaN where one is not defined. Annual figures are fractions;
    /// losses and drawdowns are positive.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct ReturnMetrics
    {
        internal uint StructSize;
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

        /// <summary>One that the library has filled in.</summary>
        internal static ReturnMetrics Blank()
        {
            var blank = new ReturnMetrics();
            Native.Check(Native.risk_metrics_init(ref blank, (UIntPtr)sizeof(ReturnMetrics)));
            return blank;
        }
    }

    /// <summary>One time under water. Points are places in the equity given, from 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct DrawdownPeriod
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

    /// <summary>
    /// Performance so far, NaN where a figure is not defined. The figures are those of risk_metrics up to
    /// rounding.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct PerformanceFigures
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Bars seen, those of unknown return among them.</summary>
        public ulong Bars;
        /// <summary>Equity, 1 at the start.</summary>
        public double Equity;
        /// <summary>Highest equity so far, the start included.</summary>
        public double Peak;
        /// <summary>Fall from the peak now, a positive fraction of it.</summary>
        public double Drawdown;
        /// <summary>Largest drawdown so far.</summary>
        public double MaxDrawdown;
        /// <summary>Mean return of one bar.</summary>
        public double Mean;
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
        /// <summary>Annual return over the largest drawdown.</summary>
        public double Calmar;

        /// <summary>One that the library has filled in.</summary>
        internal static PerformanceFigures Blank()
        {
            var blank = new PerformanceFigures();
            Native.Check(Native.risk_performance_figures_init(ref blank, (UIntPtr)sizeof(PerformanceFigures)));
            return blank;
        }
    }

    /// <summary>Tail measures of a portfolio over one bar: positive losses, fractions of equity.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct TailRisk
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Mean return.</summary>
        public double Mean;
        /// <summary>Standard deviation of the return.</summary>
        public double Deviation;
        /// <summary>Loss that 1 - level of the scenarios exceed.</summary>
        public double HistoricalValueAtRisk;
        /// <summary>Mean loss of the worst 1 - level of the scenarios.</summary>
        public double HistoricalConditionalValueAtRisk;
        /// <summary>The same two, of a normal distribution with this mean and deviation.</summary>
        public double GaussianValueAtRisk;
        /// <summary>Its conditional value at risk.</summary>
        public double GaussianConditionalValueAtRisk;

        /// <summary>One that the library has filled in.</summary>
        internal static TailRisk Blank()
        {
            var blank = new TailRisk();
            Native.Check(Native.risk_tail_risk_init(ref blank, (UIntPtr)sizeof(TailRisk)));
            return blank;
        }
    }

    /// <summary>A GARCH(1,1) that was fitted to returns around a constant mean.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct GarchFit
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Constant part of the variance of a bar, above 0.</summary>
        public double Omega;
        /// <summary>Weight of the last squared residual, 0 or more.</summary>
        public double Alpha;
        /// <summary>Weight of the last variance, 0 or more; alpha + beta is below 1.</summary>
        public double Beta;
        /// <summary>Mean return of a bar.</summary>
        public double Mean;
        /// <summary>Gaussian log-likelihood reached.</summary>
        public double LogLikelihood;
        /// <summary>Variance forecast for the bar after the last one.</summary>
        public double NextVariance;

        /// <summary>One that the library has filled in.</summary>
        internal static GarchFit Blank()
        {
            var blank = new GarchFit();
            Native.Check(Native.risk_garch_fit_init(ref blank, (UIntPtr)sizeof(GarchFit)));
            return blank;
        }
    }

    /// <summary>How the ranks that train together reach each other.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct CollectivesData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal uint Rank;
        internal uint Size;
        internal IntPtr User;
        internal IntPtr Allgather;

        /// <summary>One that the library has filled in.</summary>
        internal static CollectivesData Blank()
        {
            var blank = new CollectivesData();
            Native.Check(Native.ppo_collectives_init(ref blank, (UIntPtr)sizeof(CollectivesData)));
            return blank;
        }
    }

    /// <summary>What a step of a host's environment came to.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct StepResult
    {
        /// <summary>The reward to learn from, finite.</summary>
        public double Reward;
        private uint terminated;
        private uint truncated;
        /// <summary>
        /// With ControlVariate.PriorPath, the reward that the prior's own portfolio, followed by the host since
        /// the start of the episode, had on the same returns: it is taken off `reward` in learning. Else not
        /// looked at.
        /// </summary>
        public double PriorReward;

        /// <summary>Whether nothing follows (ruin, say): the future is worth nothing.</summary>
        public bool Terminated
        {
            get { return terminated != 0; }
            set { terminated = value ? 1u : 0u; }
        }

        /// <summary>
        /// Whether the episode is cut off here and would have gone on. Never together with `terminated`.
        /// </summary>
        public bool Truncated
        {
            get { return truncated != 0; }
            set { truncated = value ? 1u : 0u; }
        }
    }

    /// <summary>The functions of a host's environment.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct HostEnvironmentData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal IntPtr User;
        internal IntPtr Reset;
        internal IntPtr Step;
        internal IntPtr Counterfactual;
        internal IntPtr Remember;
        internal IntPtr GoBack;

        /// <summary>One that the library has filled in.</summary>
        internal static HostEnvironmentData Blank()
        {
            var blank = new HostEnvironmentData();
            Native.Check(Native.ppo_host_environment_init(ref blank, (UIntPtr)sizeof(HostEnvironmentData)));
            return blank;
        }
    }

    /// <summary>
    /// Figures of one update of the policy. Names are Stable-Baselines3's where it has them.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe partial struct Metrics
    {
        internal uint StructSize;
        internal uint Reserved;
        /// <summary>Number of the update, from 1; 0 before the first.</summary>
        public ulong Update;
        /// <summary>Decisions taken so far, over all environments.</summary>
        public ulong EnvSteps;
        /// <summary>Episodes that have ended so far.</summary>
        public ulong Episodes;
        /// <summary>
        /// Minibatches of this update whose loss or gradient was not finite: they were not applied.
        /// </summary>
        public ulong SkippedMinibatches;
        /// <summary>
        /// Decisions a second since this trainer began in this process, rollout and update counted.
        /// </summary>
        public double EnvStepsPerS;
        /// <summary>
        /// Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended.
        /// </summary>
        public double EpisodeReward;
        /// <summary>
        /// Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a
        /// host's environments.
        /// </summary>
        public double EpisodeLogGrowth;
        /// <summary>Mean over the same episodes of the one-way turnover of a step; NaN as above.</summary>
        public double EpisodeTurnover;
        /// <summary>Adam's step size.</summary>
        public double LearningRate;
        /// <summary>Mean clipped surrogate loss over all minibatches.</summary>
        public double PolicyGradientLoss;
        /// <summary>Mean squared error of the value.</summary>
        public double ValueLoss;
        /// <summary>Minus the mean entropy of the action distribution.</summary>
        public double EntropyLoss;
        /// <summary>
        /// Mean over minibatches of the estimated divergence of the new policy from the one that acted.
        /// </summary>
        public double ApproxKl;
        /// <summary>Share of samples whose probability ratio left the clip range.</summary>
        public double ClipFraction;
        /// <summary>
        /// 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do not
        /// vary.
        /// </summary>
        public double ExplainedVariance;
        /// <summary>Mean standard deviation of the gaussian's scores, or the dirichlet's concentration.</summary>
        public double Std;
        /// <summary>Norm of the gradient before clipping, mean over minibatches.</summary>
        public double GradNorm;

        /// <summary>One that the library has filled in.</summary>
        internal static Metrics Blank()
        {
            var blank = new Metrics();
            Native.Check(Native.ppo_metrics_init(ref blank, (UIntPtr)sizeof(Metrics)));
            return blank;
        }
    }

    /// <summary>How a call trains.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct TrainOptionsData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal IntPtr Progress;
        internal IntPtr User;
        internal byte* CheckpointPath;
        internal ulong CheckpointInterval;
        internal ulong MostUpdates;

        /// <summary>One that the library has filled in.</summary>
        internal static TrainOptionsData Blank()
        {
            var blank = new TrainOptionsData();
            Native.Check(Native.ppo_train_options_init(ref blank, (UIntPtr)sizeof(TrainOptionsData)));
            return blank;
        }
    }

    /// <summary>One decision of a live agent and what came of it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe partial struct TransitionData
    {
        internal uint StructSize;
        internal uint Reserved;
        internal ulong Env;
        internal float* State;
        internal UIntPtr StateLen;
        internal double* Prior;
        internal UIntPtr PriorLen;
        internal float* Action;
        internal UIntPtr ActionLen;
        internal float* NextState;
        internal UIntPtr NextStateLen;
        internal double LogProb;
        internal double Reward;
        private uint terminated;
        private uint truncated;

        /// <summary>Whether nothing follows: the future is worth nothing; default false.</summary>
        internal bool Terminated
        {
            get { return terminated != 0; }
            set { terminated = value ? 1u : 0u; }
        }

        /// <summary>
        /// Whether the episode was cut off and would have gone on; default false. Never together with
        /// `terminated`.
        /// </summary>
        internal bool Truncated
        {
            get { return truncated != 0; }
            set { truncated = value ? 1u : 0u; }
        }

        /// <summary>One that the library has filled in.</summary>
        internal static TransitionData Blank()
        {
            var blank = new TransitionData();
            Native.Check(Native.ppo_transition_init(ref blank, (UIntPtr)sizeof(TransitionData)));
            return blank;
        }
    }
}
