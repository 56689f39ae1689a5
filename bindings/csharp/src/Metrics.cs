using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>Figures of one update of the policy. Names are Stable-Baselines3's where it has them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Metrics
    {
        /// <summary>Size of the struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>0.</summary>
        internal uint Reserved;
        /// <summary>Number of the update, from 1; 0 before the first.</summary>
        public ulong Update;
        /// <summary>Decisions taken so far, over all environments.</summary>
        public ulong EnvSteps;
        /// <summary>Episodes that have ended so far.</summary>
        public ulong Episodes;
        /// <summary>Minibatches of this update whose loss or gradient was not finite: they were not applied.</summary>
        public ulong SkippedMinibatches;
        /// <summary>Decisions a second since this trainer began in this process, rollout and update counted.</summary>
        public double EnvStepsPerS;
        /// <summary>
        /// Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended.
        /// </summary>
        public double EpisodeReward;
        /// <summary>
        /// Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a host's
        /// environments.
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
        /// 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do not vary.
        /// </summary>
        public double ExplainedVariance;
        /// <summary>Mean standard deviation of the gaussian's scores, or the dirichlet's concentration.</summary>
        public double Std;
        /// <summary>Norm of the gradient before clipping, mean over minibatches.</summary>
        public double GradNorm;

        /// <summary>Zeros, ready to be written to.</summary>
        internal static Metrics Blank()
        {
            var metrics = new Metrics();
            Native.Check(Native.ppo_metrics_init(ref metrics, (UIntPtr)Marshal.SizeOf(typeof(Metrics))));
            return metrics;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_metrics_init(ref Metrics metrics, UIntPtr size);
    }
}
