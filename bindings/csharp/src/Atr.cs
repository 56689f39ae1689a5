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

        /// <summary>Takes in one bar of every asset. Without highs and lows the true range is that of closes.</summary>
        /// <param name="high">highs: [N]; null together with low</param>
        /// <param name="low">lows: [N]; null together with high</param>
        /// <param name="close">closes, above 0: [N]</param>
        public void Update(double[] high, double[] low, double[] close)
        {
            fixed (double* h = Arrays.Pinnable(high), l = Arrays.Pinnable(low), c = Arrays.Pinnable(close))
            {
                Native.Check(Native.risk_atr_update(
                    Handle, h, Arrays.Length(high), l, Arrays.Length(low), c, Arrays.Length(close)));
            }
        }

        /// <summary>The averages after the last bar: [N]; NaN until enough bars were seen.</summary>
        /// <param name="values">gets the averages</param>
        /// <param name="seen">gets the number of bars seen</param>
        /// <param name="needed">gets the number of bars that the first average needs</param>
        public void Values(double[] values, out int seen, out int needed)
        {
            fixed (double* start = Arrays.Pinnable(values))
            {
                Native.Check(Native.risk_atr_values(Handle, start, Arrays.Length(values), out var had, out var wanted));
                seen = Arrays.Size(had);
                needed = Arrays.Size(wanted);
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
