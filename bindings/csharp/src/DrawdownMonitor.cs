using System;

namespace PpoRisk
{
    /// <summary>
    /// The drawdown monitor of a risk manager by itself: what may be held at a drawdown. One call at a time.
    /// </summary>
    public sealed unsafe partial class DrawdownMonitor
    {
        /// <param name="configJson">the key "drawdown" of the risk manager's settings; null for the defaults</param>
        public DrawdownMonitor(string configJson = null)
        {
            Library.Require();
            IntPtr monitor;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_drawdown_new(config, out monitor));
            }
            Handle = new DrawdownMonitorHandle(monitor);
        }

        /// <summary>A monitor that goes on from a saved state.</summary>
        public static DrawdownMonitor Restore(string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_drawdown_restore(config, state, out var monitor));
                return new DrawdownMonitor(monitor);
            }
        }

        /// <summary>
        /// Takes in a bar's equity and gives the state for the decision of this bar. Answers the number of reasons, those
        /// that there was no room for included.
        /// </summary>
        /// <param name="equity">what the portfolio is worth, money above 0</param>
        /// <param name="state">gets the state</param>
        /// <param name="found">gets the drawdown of this bar, in [0, 1]</param>
        /// <param name="reasons">gets the reasons; may be null</param>
        /// <param name="drawdown">1 - equity/peak; NaN: the monitor follows the peak of the equities that it is shown</param>
        public int Update(
            double equity,
            out RiskState state,
            out double found,
            Reason[] reasons = null,
            double drawdown = double.NaN)
        {
            fixed (Reason* r = reasons)
            {
                Native.Check(Native.risk_drawdown_update(
                    Handle, equity, drawdown, out state, out found, r, Arrays.Length(reasons), out var count));
                return Arrays.Size(count);
            }
        }
    }
}
