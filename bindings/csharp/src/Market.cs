using System;

namespace PpoRisk
{
    /// <summary>
    /// A market: prices, or a simulation without end. Any number of threads may use one at once. Trainers and
    /// environments made from it keep what they need.
    /// </summary>
    public sealed unsafe partial class Market
    {
        /// <summary>A market of the bytes that another one was saved to, also in another process.</summary>
        public static Market LoadBytes(byte[] bytes)
        {
            Library.Require();
            fixed (byte* start = Arrays.Pinnable(bytes))
            {
                Native.Check(Native.ppo_market_load_bytes(start, Arrays.Length(bytes), out var market));
                return new Market(market);
            }
        }

        /// <summary>All that the market is, exactly: for <see cref="LoadBytes"/>.</summary>
        public byte[] SaveBytes()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_save_bytes(Handle, buffer, capacity, out needed));
        }

        /// <summary>A second object for the market. Both share the prices in memory.</summary>
        public Market Clone()
        {
            Native.Check(Native.ppo_market_clone(Handle, out var clone));
            return new Market(clone);
        }

        /// <summary>
        /// A market of the same prices in which decisions are taken within a range of bars alone: training up to a date
        /// and testing after it, say. The bars before the range stay visible as the past.
        /// </summary>
        /// <param name="firstBar">the first bar at which a decision may be taken, from 0</param>
        /// <param name="lastBar">the bar at whose close the last return ends</param>
        public Market Select(int firstBar, int lastBar)
        {
            Native.Check(Native.ppo_market_select(Handle, Arrays.Index(firstBar), Arrays.Index(lastBar), out var selected));
            return new Market(selected);
        }

        /// <summary>
        /// When a bar of prices closes, in UTC; a date is its midnight. Rounded down to the 100 nanoseconds that DateTime
        /// can say.
        /// </summary>
        public DateTime Time(int bar)
        {
            Native.Check(Native.ppo_market_time(Handle, Arrays.Index(bar), out long time));
            return Times.Time(time);
        }

        /// <summary>The bar of a time; a local one is converted to UTC, one of no kind, such as a date, is taken as UTC.</summary>
        public int BarOf(DateTime time, BarAt side)
        {
            Native.Check(Native.ppo_market_bar_at(Handle, Times.Of(time, nameof(time)), side, out var bar));
            return Arrays.Size(bar);
        }

        /// <summary>
        /// How many bars a year has, by which everything annual is made: as the times of the prices say, unless the host
        /// said otherwise.
        /// </summary>
        public double BarsPerYear
        {
            get
            {
                Native.Check(Native.ppo_market_bars_per_year(Handle, out double barsPerYear));
                return barsPerYear;
            }
        }

        /// <summary>The bars at which decisions may be taken: all of them, unless <see cref="Select"/> said otherwise.</summary>
        public void Range(out int firstBar, out int lastBar)
        {
            Native.Check(Native.ppo_market_range(Handle, out var first, out var last));
            firstBar = Arrays.Size(first);
            lastBar = Arrays.Size(last);
        }

        /// <summary>Copies out closes: [bars * N].</summary>
        public void Closes(int firstBar, int bars, double[] closes)
        {
            fixed (double* start = Arrays.Pinnable(closes))
            {
                Native.Check(Native.ppo_market_closes(
                    Handle, Arrays.Index(firstBar), Arrays.Index(bars), start, Arrays.Length(closes)));
            }
        }

        /// <summary>A number that differs between markets with other data, range or parameters.</summary>
        public ulong Digest
        {
            get
            {
                Native.Check(Native.ppo_market_digest(Handle, out ulong digest));
                return digest;
            }
        }
    }
}
