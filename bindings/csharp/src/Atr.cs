using System;

namespace PpoRisk
{
    /// <summary>
    /// Wilder's average true ranges, bar by bar. One call at a time; updating allocates nothing.
    /// </summary>
    public sealed unsafe partial class Atr
    {
        /// <param name="assets">number of assets, N</param>
        /// <param name="bars">true ranges that are averaged, at least 1</param>
        public Atr(int assets, int bars = 14)
        {
            Library.Require();
            Native.Check(Native.risk_atr_new(Arrays.Index(assets), Arrays.Index(bars), out var atr));
            Handle = new AtrHandle(atr);
        }

        /// <summary>Averages that go on, bit for bit, from a saved state.</summary>
        public static Atr Restore(int assets, int bars, string stateJson)
        {
            Library.Require();
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_atr_restore(Arrays.Index(assets), Arrays.Index(bars), state, out var atr));
                return new Atr(atr);
            }
        }

        /// <summary>The averages over a whole table: row t is, bit for bit, what there is after bar t.</summary>
        /// <param name="high">highs: [rows * assets]; null together with low</param>
        /// <param name="low">lows: [rows * assets]; null together with high</param>
        /// <param name="close">closes, above 0: [rows * assets]</param>
        /// <param name="rows">number of bars</param>
        /// <param name="assets">number of assets</param>
        /// <param name="bars">true ranges that are averaged</param>
        /// <param name="values">gets the averages, NaN in the first `bars` rows: [rows * assets]</param>
        public static void Table(
            double[] high, double[] low, double[] close, int rows, int assets, int bars, double[] values)
        {
            fixed (double* h = Arrays.Pinnable(high),
                l = Arrays.Pinnable(low),
                c = Arrays.Pinnable(close),
                v = Arrays.Pinnable(values))
            {
                Native.Check(Native.risk_average_true_range(
                    h,
                    Arrays.Length(high),
                    l,
                    Arrays.Length(low),
                    c,
                    Arrays.Length(close),
                    Arrays.Index(rows),
                    Arrays.Index(assets),
                    Arrays.Index(bars),
                    v,
                    Arrays.Length(values)));
            }
        }
    }
}
