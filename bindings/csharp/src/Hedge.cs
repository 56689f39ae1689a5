using System;

namespace PpoRisk
{
    /// <summary>
    /// The hedge of a risk manager by itself: opened where the drawdown is above a threshold. One call at a time.
    /// </summary>
    public sealed unsafe partial class Hedge
    {
        /// <param name="configJson">the key "hedge" of the risk manager's settings; null for the defaults</param>
        public Hedge(string configJson = null)
        {
            Library.Require();
            IntPtr hedge;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_hedge_new(config, out hedge));
            }
            Handle = new HedgeHandle(hedge);
        }

        /// <summary>A hedge that goes on from a saved state; the settings may differ.</summary>
        public static Hedge Restore(string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_hedge_restore(config, state, out var hedge));
                return new Hedge(hedge);
            }
        }

        /// <summary>The hedge for a bar. Answers the number of reasons, those that there was no room for included.</summary>
        /// <param name="drawdown">1 - equity/peak, in [0, 1]</param>
        /// <param name="weights">weights that the portfolio will hold: [N]</param>
        /// <param name="equity">what the portfolio is worth, money above 0</param>
        /// <param name="position">gets the position</param>
        /// <param name="betas">betas of the assets to the hedge instrument: [N]; null: every asset counts as 1</param>
        /// <param name="reasons">gets the reasons; may be null</param>
        public int Decide(
            double drawdown,
            double[] weights,
            double equity,
            out HedgePosition position,
            double[] betas = null,
            Reason[] reasons = null)
        {
            var found = HedgePosition.Blank();
            fixed (double* w = Arrays.Pinnable(weights), b = Arrays.Pinnable(betas))
            fixed (Reason* r = reasons)
            {
                Native.Check(Native.risk_hedge_decide(
                    Handle,
                    drawdown,
                    w,
                    Arrays.Length(weights),
                    equity,
                    b,
                    Arrays.Length(betas),
                    ref found,
                    r,
                    Arrays.Length(reasons),
                    out var count));
                position = found;
                return Arrays.Size(count);
            }
        }
    }
}
