using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>What a policy says of an action in a state.</summary>
    public struct ActionEvaluation
    {
        /// <summary>Log-probability density of the action.</summary>
        public double LogProb;
        /// <summary>Entropy of the distribution over actions, in nats.</summary>
        public double Entropy;
        /// <summary>The critic's value of the state.</summary>
        public double Value;
    }

    // The order path: with arrays of the caller's nothing is allocated, and no lock is taken.
    public sealed unsafe partial class Agent
    {
        /// <summary>Decides: the deterministic target weights in a state.</summary>
        /// <param name="state">the state at this close, not normalised: [StateLength]</param>
        /// <param name="prior">weights of the policy's prior at this close: [PriorLength]; null where it has none</param>
        /// <param name="weights">gets the target weights, at least 0, summing to 1: [ActionLength]</param>
        public void SelectAction(float[] state, double[] prior, double[] weights)
        {
            fixed (float* s = Arrays.Pinnable(state))
            fixed (double* p = Arrays.Pinnable(prior), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_action(
                    Handle, s, Arrays.Length(state), p, Arrays.Length(prior), w, Arrays.Length(weights)));
            }
        }

        /// <summary>As the other one, with a new array of weights.</summary>
        public double[] SelectAction(float[] state, double[] prior = null)
        {
            var weights = new double[ActionLength];
            SelectAction(state, prior, weights);
            return weights;
        }

        /// <summary>
        /// As SelectActions on several threads: the same bits, however many. The threads are started for the call and have
        /// ended when it returns, which takes some 50 microseconds each: for large batches.
        /// </summary>
        public void SelectActions(int threads, int rows, float[] states, double[] priors, double[] weights)
        {
            fixed (float* s = Arrays.Pinnable(states))
            fixed (double* p = Arrays.Pinnable(priors), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_actions_threads(
                    Handle,
                    unchecked((uint)threads),
                    Arrays.Index(rows),
                    s,
                    Arrays.Length(states),
                    p,
                    Arrays.Length(priors),
                    w,
                    Arrays.Length(weights)));
            }
        }

        /// <summary>What the policy says of a given action in a state, such as one drawn before.</summary>
        public ActionEvaluation EvaluateAction(float[] state, double[] prior, float[] action)
        {
            var found = new ActionEvaluation();
            fixed (float* s = Arrays.Pinnable(state), a = Arrays.Pinnable(action))
            fixed (double* p = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_evaluate_action(
                    Handle,
                    s,
                    Arrays.Length(state),
                    p,
                    Arrays.Length(prior),
                    a,
                    Arrays.Length(action),
                    out found.LogProb,
                    out found.Entropy,
                    out found.Value));
            }
            return found;
        }

        /// <summary>The critic's value of a state: expected discounted reward as the trainer scaled it.</summary>
        public double Value(float[] state)
        {
            double value;
            fixed (float* s = Arrays.Pinnable(state))
            {
                Native.Check(Native.ppo_value(Handle, s, Arrays.Length(state), out value));
            }
            return value;
        }

#if PPO_RISK_SPANS
        /// <summary>As the one for arrays; an empty prior where the policy has none.</summary>
        public void SelectAction(ReadOnlySpan<float> state, ReadOnlySpan<double> prior, Span<double> weights)
        {
            fixed (float* s = &MemoryMarshal.GetReference(state))
            fixed (double* p = &MemoryMarshal.GetReference(prior), w = &MemoryMarshal.GetReference(weights))
            {
                Native.Check(Native.ppo_select_action(
                    Handle,
                    s,
                    (UIntPtr)(uint)state.Length,
                    prior.IsEmpty ? null : p,
                    (UIntPtr)(uint)prior.Length,
                    w,
                    (UIntPtr)(uint)weights.Length));
            }
        }

        /// <summary>As the one for arrays.</summary>
        public double Value(ReadOnlySpan<float> state)
        {
            double value;
            fixed (float* s = &MemoryMarshal.GetReference(state))
            {
                Native.Check(Native.ppo_value(Handle, s, (UIntPtr)(uint)state.Length, out value));
            }
            return value;
        }
#endif
    }
}
