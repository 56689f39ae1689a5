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
        /// Why SelectAction decides as it does in a state, as JSON: the weights, the weights at the mean state, and what each
        /// block of the state moves. Not for the order path.
        /// </summary>
        /// <param name="state">as for SelectAction: [StateLength]</param>
        /// <param name="prior">as for SelectAction: [PriorLength]; null where it has none</param>
        public string ExplainActionJson(float[] state, double[] prior = null)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
            {
                fixed (float* s = Arrays.Pinnable(state))
                fixed (double* p = Arrays.Pinnable(prior))
                {
                    return Native.ppo_explain_action_json(
                        Handle, s, Arrays.Length(state), p, Arrays.Length(prior), buffer, capacity, out needed);
                }
            });
        }

        /// <summary>Decides in many states at once: row by row the bits of <see cref="SelectAction(float[], double[], double[])"/>.</summary>
        /// <param name="rows">number of states</param>
        /// <param name="states">one state after another: [rows * StateLength]</param>
        /// <param name="priors">[rows * ActionLength]; null where the policy has no prior</param>
        /// <param name="weights">gets the target weights: [rows * ActionLength]</param>
        public void SelectActions(int rows, float[] states, double[] priors, double[] weights)
        {
            fixed (float* s = Arrays.Pinnable(states))
            fixed (double* p = Arrays.Pinnable(priors), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_actions(
                    Handle,
                    Arrays.Index(rows),
                    s,
                    Arrays.Length(states),
                    p,
                    Arrays.Length(priors),
                    w,
                    Arrays.Length(weights)));
            }
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

        /// <summary>
        /// Decides, and has an answer when a feed breaks: where the state or the prior holds NaN or an infinity, or the
        /// network's scores overflow, the weights are the fallback, and the answer is true.
        /// </summary>
        /// <param name="state">as for SelectAction, but may hold NaN and infinities</param>
        /// <param name="prior">as for SelectAction, but may hold NaN and infinities</param>
        /// <param name="fallback">the weights to fall back on, each in [0, 1], summing to 1: [ActionLength]</param>
        /// <param name="weights">gets the weights: [ActionLength]</param>
        public bool SelectActionOr(float[] state, double[] prior, double[] fallback, double[] weights)
        {
            uint fellBack;
            fixed (float* s = Arrays.Pinnable(state))
            fixed (double* p = Arrays.Pinnable(prior), f = Arrays.Pinnable(fallback), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_action_or(
                    Handle,
                    s,
                    Arrays.Length(state),
                    p,
                    Arrays.Length(prior),
                    f,
                    Arrays.Length(fallback),
                    w,
                    Arrays.Length(weights),
                    out fellBack));
            }
            return fellBack != 0;
        }

        /// <summary>Draws an action, as in training. Answers its log-probability density.</summary>
        /// <param name="random">the stream; moves on by what is drawn, and not at all on an error</param>
        /// <param name="state">as for SelectAction</param>
        /// <param name="prior">as for SelectAction</param>
        /// <param name="action">gets the action as the policy is trained on it: [ScoreLength]</param>
        /// <param name="weights">gets the action's target weights: [ActionLength]; may be null</param>
        public double SampleAction(RandomStream random, float[] state, double[] prior, float[] action, double[] weights = null)
        {
            if (random == null)
            {
                throw new ArgumentNullException(nameof(random));
            }
            double logProb;
            fixed (float* s = Arrays.Pinnable(state), a = Arrays.Pinnable(action))
            fixed (double* p = Arrays.Pinnable(prior), w = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_sample_action(
                    Handle,
                    random.Handle,
                    s,
                    Arrays.Length(state),
                    p,
                    Arrays.Length(prior),
                    a,
                    Arrays.Length(action),
                    w,
                    Arrays.Length(weights),
                    out logProb));
            }
            return logProb;
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

        /// <summary>
        /// How far the members of an ensemble disagree in a state: the mean of the one-way turnovers from their weights to
        /// the mean of all; 0 where they agree or the policy is no ensemble.
        /// </summary>
        public double Disagreement(float[] state, double[] prior)
        {
            double found;
            fixed (float* s = Arrays.Pinnable(state))
            fixed (double* p = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_disagreement(
                    Handle, s, Arrays.Length(state), p, Arrays.Length(prior), out found));
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
