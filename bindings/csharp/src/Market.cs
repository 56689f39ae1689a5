using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>Which bar to look for.</summary>
    public enum BarAt : uint
    {
        /// <summary>The first on the day or after it.</summary>
        OrAfter = 0,
        /// <summary>The last on the day or before it.</summary>
        OrBefore = 1,
    }

    /// <summary>
    /// A market: prices, or a simulation without end. Any number of threads may use one at once. Trainers and
    /// environments made from it keep what they need.
    /// </summary>
    public sealed unsafe partial class Market : IDisposable
    {
        private MarketHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal MarketHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        private Market(IntPtr of)
        {
            Handle = new MarketHandle(of);
        }

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

        /// <summary>Number of bars of prices, T, whatever the range; 0 for a simulation without end.</summary>
        public int BarCount
        {
            get
            {
                Native.Check(Native.ppo_market_bar_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_market_asset_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of columns that a policy sees at each close, K.</summary>
        public int ColumnCount
        {
            get
            {
                Native.Check(Native.ppo_market_column_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>The name of an asset.</summary>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>The name of a column.</summary>
        public string ColumnName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_column_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>The date of a bar of prices.</summary>
        public DateTime Date(int bar)
        {
            Native.Check(Native.ppo_market_date(Handle, Arrays.Index(bar), out int day));
            return Days.Date(day);
        }

        /// <summary>The bar of a day.</summary>
        public int BarOf(DateTime day, BarAt side)
        {
            Native.Check(Native.ppo_market_bar_at(Handle, Days.Of(day), side, out var bar));
            return Arrays.Size(bar);
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

        /// <summary>The words of the last failed call on this market, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_market_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class MarketHandle : LibraryHandle
    {
        internal MarketHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_market_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_clone(MarketHandle market, out IntPtr clone);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_save_bytes(
            MarketHandle market, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_load_bytes(byte* bytes, UIntPtr len, out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_select(
            MarketHandle market, UIntPtr first_bar, UIntPtr last_bar, out IntPtr selected);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_market_free(IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_last_error(
            MarketHandle market, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_bar_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_column_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_name(
            MarketHandle market, UIntPtr index, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_column_name(
            MarketHandle market, UIntPtr index, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_date(MarketHandle market, UIntPtr bar, out int day);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_bar_at(MarketHandle market, int day, BarAt side, out UIntPtr bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_range(MarketHandle market, out UIntPtr first_bar, out UIntPtr last_bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_closes(
            MarketHandle market, UIntPtr first_bar, UIntPtr bars, double* closes, UIntPtr closes_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_digest(MarketHandle market, out ulong digest);
    }
}
