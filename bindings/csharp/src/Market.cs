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
    }
}
