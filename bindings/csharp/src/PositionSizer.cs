using System;

namespace PpoRisk
{
    /// <summary>
    /// The sizes of positions by themselves: units to hold for weights. One call at a time.
    /// </summary>
    public sealed unsafe partial class PositionSizer
    {
        /// <param name="assets">number of assets, N</param>
        /// <param name="configJson">the key "positions" of the risk manager's settings; null for the defaults</param>
        public PositionSizer(int assets, string configJson = null)
        {
            Library.Require();
            IntPtr positions;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_positions_new(config, Arrays.Index(assets), out positions));
            }
            Handle = new PositionSizerHandle(positions);
        }

        /// <summary>
        /// Units to hold for weights. Answers the number of reasons, those that there was no room for included.
        /// </summary>
        /// <param name="equity">what the portfolio is worth, money above 0</param>
        /// <param name="weights">weights to hold, negative is short: [N]</param>
        /// <param name="closes">prices, above 0: [N]</param>
        /// <param name="atr">average true ranges, NaN where there is none yet: [N]</param>
        /// <param name="atrSeen">bars that the averages have seen, only for the text of a reason</param>
        /// <param name="units">gets the units, signed as the weight: [N]</param>
        /// <param name="stops">gets the prices at which to get out, NaN where there is none: [N]; may be null</param>
        /// <param name="reasons">gets the reasons; may be null</param>
        public int Size(
            double equity,
            double[] weights,
            double[] closes,
            double[] atr,
            int atrSeen,
            double[] units,
            double[] stops = null,
            Reason[] reasons = null)
        {
            fixed (double* w = Arrays.Pinnable(weights),
                c = Arrays.Pinnable(closes),
                a = Arrays.Pinnable(atr),
                u = Arrays.Pinnable(units),
                s = Arrays.Pinnable(stops))
            fixed (Reason* r = reasons)
            {
                Native.Check(Native.risk_positions_size(
                    Handle,
                    equity,
                    w,
                    Arrays.Length(weights),
                    c,
                    Arrays.Length(closes),
                    a,
                    Arrays.Length(atr),
                    Arrays.Index(atrSeen),
                    u,
                    Arrays.Length(units),
                    s,
                    Arrays.Length(stops),
                    r,
                    Arrays.Length(reasons),
                    out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Units of a single position: equity * risk / (atr * multiple), floored to the lot.</summary>
        public static double Units(double equity, double risk, double atr, double multiple, double lot = 0.0)
        {
            Native.Check(Native.risk_position_units(equity, risk, atr, multiple, lot, out double units));
            return units;
        }
    }
}
