using System;

namespace PpoRisk
{
    /// <summary>
    /// The limits of a risk manager by themselves: the allowed weights nearest to a target. One call at a time.
    /// </summary>
    public sealed unsafe partial class Limits
    {
        /// <param name="assets">number of assets, N</param>
        /// <param name="configJson">the key "limits" of the risk manager's settings; null for the defaults</param>
        public Limits(int assets, string configJson = null)
        {
            Library.Require();
            IntPtr limits;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_limits_new(config, Arrays.Index(assets), out limits));
            }
            Handle = new LimitsHandle(limits);
        }

        /// <summary>Limits that remember, bit for bit, the returns of a saved state.</summary>
        public static Limits Restore(int assets, string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_limits_restore(config, Arrays.Index(assets), state, out var limits));
                return new Limits(limits);
            }
        }

        /// <summary>
        /// The allowed weights nearest to a target, with a reason for every limit that binds. Answers the number of
        /// reasons, those that there was no room for included.
        /// </summary>
        /// <param name="target">weights wished for: [N]</param>
        /// <param name="current">weights held, from which turnover counts: [N]</param>
        /// <param name="weights">gets the allowed weights: [N]</param>
        /// <param name="reasons">gets the reasons; may be null</param>
        /// <param name="factor">0 to 1: multiplies every limit on exposure away from 0, and the caps on tail risk</param>
        /// <param name="low">lower bounds besides the limits' own, 0 or less: [N]; null for none</param>
        /// <param name="high">upper bounds besides the limits' own, 0 or more: [N]; null for none</param>
        public int Apply(
            double[] target,
            double[] current,
            double[] weights,
            Reason[] reasons = null,
            double factor = 1.0,
            double[] low = null,
            double[] high = null)
        {
            fixed (double* t = Arrays.Pinnable(target),
                c = Arrays.Pinnable(current),
                w = Arrays.Pinnable(weights),
                l = Arrays.Pinnable(low),
                h = Arrays.Pinnable(high))
            fixed (Reason* r = reasons)
            {
                Native.Check(Native.risk_limits_apply(
                    Handle,
                    t,
                    Arrays.Length(target),
                    c,
                    Arrays.Length(current),
                    factor,
                    l,
                    Arrays.Length(low),
                    h,
                    Arrays.Length(high),
                    w,
                    Arrays.Length(weights),
                    r,
                    Arrays.Length(reasons),
                    out var count));
                return Arrays.Size(count);
            }
        }
    }
}
