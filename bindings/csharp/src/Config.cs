using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>How exactly an agent keeps its network's weights.</summary>
    public enum Precision : uint
    {
        /// <summary>As they were trained.</summary>
        F32 = 0,
        /// <summary>Those of layers of more than 64 outputs rounded to bf16.</summary>
        Bf16 = 1,
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

    /// <summary>How a setting moves while training.</summary>
    public enum Schedule : uint
    {
        /// <summary>It stays.</summary>
        Constant = 0,
        /// <summary>It falls linearly to 0 at the last decision.</summary>
        Linear = 1,
    }

    /// <summary>What is rewarded.</summary>
    public enum Reward : uint
    {
        /// <summary>
        /// The net return less charges for volatility, drawdown and costs. With cash among the choices its best policy is
        /// almost always all cash.
        /// </summary>
        Shaped = 0,
        /// <summary>ln(1 + net return).</summary>
        LogReturn = 1,
        /// <summary>Constant relative risk aversion RewardParameter.</summary>
        Crra = 2,
        /// <summary>Net return less half of RewardParameter times its square.</summary>
        MeanVariance = 3,
        /// <summary>The differential Sharpe ratio with the adaptation rate RewardParameter.</summary>
        DifferentialSharpe = 4,
    }

    /// <summary>What is taken out of the reward.</summary>
    public enum ControlVariate : uint
    {
        /// <summary>Nothing.</summary>
        None = 0,
        /// <summary>The reward of the prior's own portfolio on the same returns.</summary>
        PriorPath = 1,
        /// <summary>The reward that the deterministic action would have had. Not for a host's own environment.</summary>
        SelfCritical = 2,
    }

    /// <summary>
    /// How a policy is made and trained. A new one has the defaults; change what should differ. Names and meanings are
    /// those of Stable-Baselines3 where it has them. A decision is one environment's step.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public sealed unsafe class Config
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved;
        /// <summary>
        /// Seed of every random draw: any number; default 0. The same seed gives the same numbers on any number of
        /// threads.
        /// </summary>
        public ulong Seed;
        /// <summary>Starting log standard deviation of a gaussian policy, in [-20, 20]; default -1.2.</summary>
        public double LogStdInit;
        /// <summary>Starting concentration kappa of a dirichlet policy, above 0; default 20.</summary>
        public double KappaInit;
        /// <summary>
        /// Decisions to take in all, over all environments, at least 1; default 300,000. Rounded up to whole rollouts.
        /// </summary>
        public ulong TotalSteps;
        /// <summary>Environments stepped side by side, 1 to 16,777,216; default 64.</summary>
        public ulong NEnvs;
        /// <summary>Steps that each environment takes before an update, 1 to 16,777,216; default 64.</summary>
        public ulong NSteps;
        /// <summary>Samples in a minibatch, 2 to NEnvs * NSteps; default 1024.</summary>
        public ulong BatchSize;
        /// <summary>Passes over a rollout, 1 to 16,777,216; default 4.</summary>
        public ulong NEpochs;
        /// <summary>
        /// Threads for rollouts and gradients, 1 to 1024; default 1. The numbers do not depend on it.
        /// </summary>
        public uint Threads;
        /// <summary>Where training calculates; default Auto.</summary>
        public Device Device;
        /// <summary>Adam's step size, above 0; default 3e-4.</summary>
        public double LearningRate;
        /// <summary>Discount per step, in [0, 1]; default 0.99.</summary>
        public double Gamma;
        /// <summary>Lambda of generalised advantage estimation, in [0, 1]; default 0.95.</summary>
        public double GaeLambda;
        /// <summary>
        /// How far a probability ratio may move from 1 before its gradient stops, above 0; default 0.2.
        /// </summary>
        public double ClipRange;
        /// <summary>How far a value may move before its gradient stops, above 0; default 0: not clipped.</summary>
        public double ClipRangeVf;
        /// <summary>Weight of the entropy in the loss, at least 0; default 0.</summary>
        public double EntCoef;
        /// <summary>Weight of the value losses in the loss, at least 0; default 0.5.</summary>
        public double VfCoef;
        /// <summary>Largest norm of the gradient, above 0; default 0.5.</summary>
        public double MaxGradNorm;
        /// <summary>Divergence at 1.5 times which an update's epochs end early, above 0; default 0: never.</summary>
        public double TargetKl;
        /// <summary>Adam's epsilon, above 0; default 1e-5.</summary>
        public double AdamEps;
        /// <summary>How LearningRate moves; default Linear.</summary>
        public Schedule LearningRateSchedule;
        /// <summary>How ClipRange moves; default Constant.</summary>
        public Schedule ClipRangeSchedule;
        /// <summary>Whether advantages are normalised in every minibatch, 0 or 1; default 1.</summary>
        public uint NormalizeAdvantage;
        /// <summary>
        /// Whether states are normalised by running statistics that become part of the policy, 0 or 1; default 1.
        /// </summary>
        public uint NormalizeObservation;
        /// <summary>
        /// Whether rewards are divided by the running standard deviation of the discounted return, 0 or 1; default 1.
        /// </summary>
        public uint NormalizeReward;
        /// <summary>What is rewarded; default Shaped. Not for a host's own environment.</summary>
        public Reward Reward;
        /// <summary>What is taken out of the reward; default None.</summary>
        public ControlVariate ControlVariate;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved2;
        /// <summary>
        /// The reward's own number: risk aversion, at least 0 (Crra, MeanVariance; default 2), or adaptation rate, in
        /// (0, 1] (DifferentialSharpe). Others do not read it.
        /// </summary>
        public double RewardParameter;
        /// <summary>Shaped reward: charge per unit of volatility; default 0.1.</summary>
        public double ShapedVolatility;
        /// <summary>Shaped reward: charge per unit of drawdown beyond the threshold; default 2.</summary>
        public double ShapedDrawdown;
        /// <summary>Shaped reward: drawdown up to which nothing is charged, in [0, 1]; default 0.05.</summary>
        public double ShapedDrawdownThreshold;
        /// <summary>Shaped reward: charge per unit of cost over value; default 10.</summary>
        public double ShapedCost;
        /// <summary>Money at the start of an episode, all in cash, above 0; default 100,000.</summary>
        public double Balance;
        /// <summary>Cost per traded notional of assets, in [0, 1); default 0.001.</summary>
        public double CostRate;
        /// <summary>Steps in an episode, at least 1; default 252. Fewer where the market is shorter.</summary>
        public ulong EpisodeLen;

        /// <summary>The defaults.</summary>
        public Config()
        {
            Native.Check(Native.ppo_config_init(this, (UIntPtr)Marshal.SizeOf(typeof(Config))));
        }

        /// <summary>
        /// Reads a configuration from JSON, as <see cref="ToJson"/> writes it. Keys that are missing take their defaults;
        /// unknown ones are refused.
        /// </summary>
        public static Config FromJson(string json)
        {
            var config = new Config();
            fixed (byte* text = Text.Bytes(json, nameof(json)))
            {
                Native.Check(Native.ppo_config_from_json(text, config));
            }
            return config;
        }

        /// <summary>The configuration as JSON.</summary>
        public string ToJson()
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_config_to_json(this, buffer, capacity, out needed));
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_init([In, Out] Config config, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_from_json(byte* json, [In, Out] Config config);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_to_json(
            [In] Config config, byte* buffer, UIntPtr capacity, out UIntPtr needed);
    }
}
