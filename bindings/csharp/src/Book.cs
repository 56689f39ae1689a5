using System;

namespace PpoRisk
{
    /// <summary>What to trade of one asset.</summary>
    public struct Order
    {
        internal Order(int asset, double units)
        {
            Asset = asset;
            Units = units;
        }

        /// <summary>Which asset, from 0.</summary>
        public int Asset { get; }

        /// <summary>Units to buy, below 0 to sell.</summary>
        public double Units { get; }
    }

    /// <summary>
    /// A portfolio with a risk manager behind its policy: bar, state, decision and risk in one call. One call at a time; on an
    /// error it is as it was. Observing and deciding allocate nothing.
    /// </summary>
    public sealed unsafe partial class Book
    {
        /// <summary>A book that has seen nothing, all in cash. The agent may be disposed of.</summary>
        /// <param name="agent">the agent, whose policy of now it keeps until <see cref="SetAgent"/></param>
        /// <param name="configJson">the portfolio's settings, as for <see cref="Portfolio"/>; null for the defaults</param>
        /// <param name="riskJson">the risk manager's settings; null for the defaults, without borrowing</param>
        public Book(Agent agent, string configJson = null, string riskJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            IntPtr book;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), risk = Text.Bytes(riskJson, nameof(riskJson)))
            {
                Native.Check(Native.ppo_book_new(of, config, risk, out book));
            }
            Handle = new BookHandle(book);
        }

        /// <summary>A book that goes on from a saved state, bit for bit.</summary>
        public static Book Restore(
            Agent agent, string stateJson, string configJson = null, string riskJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)),
                risk = Text.Bytes(riskJson, nameof(riskJson)),
                state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_book_restore(of, config, risk, state, out var book));
                return new Book(book);
            }
        }

        /// <summary>A book that goes on from what <see cref="SaveState"/> gave, bit for bit.</summary>
        public static Book RestoreState(
            Agent agent, byte[] state, string configJson = null, string riskJson = null)
        {
            var of = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)),
                risk = Text.Bytes(riskJson, nameof(riskJson)),
                start = Arrays.Pinnable(state))
            {
                Native.Check(Native.ppo_book_restore_state(of, config, risk, start, Arrays.Length(state), out var book));
                return new Book(book);
            }
        }

        /// <summary>Takes in a bar on which nothing is decided.</summary>
        /// <param name="bar">the bar that just ended</param>
        public void Observe(Bar bar)
        {
            if (bar == null)
            {
                throw new ArgumentNullException(nameof(bar));
            }
            fixed (double* closes = Arrays.Pinnable(bar.Closes),
                highs = Arrays.Pinnable(bar.Highs),
                lows = Arrays.Pinnable(bar.Lows),
                atr = Arrays.Pinnable(bar.Atr),
                betas = Arrays.Pinnable(bar.Betas),
                observation = Arrays.Pinnable(bar.Observation),
                columns = Arrays.Pinnable(bar.Columns),
                assetColumns = Arrays.Pinnable(bar.AssetColumns),
                prior = Arrays.Pinnable(bar.Prior),
                ends = Arrays.Pinnable(bar.Ends),
                costRates = Arrays.Pinnable(bar.CostRates),
                halfSpreads = Arrays.Pinnable(bar.HalfSpreads),
                borrowRates = Arrays.Pinnable(bar.BorrowRates),
                volumes = Arrays.Pinnable(bar.Volumes))
            {
                var given = bar.Data(
                    closes, highs, lows, atr, betas, observation, columns, assetColumns, prior, ends, costRates,
                    halfSpreads, borrowRates, volumes);
                Native.Check(Native.ppo_book_observe(Handle, ref given));
            }
        }

        /// <summary>
        /// The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the
        /// risk manager. What the decision leaves counts as traded at this close.
        /// </summary>
        /// <param name="bar">the bar that just ended</param>
        /// <param name="decision">gets the decision</param>
        public void Decide(Bar bar, Decision decision)
        {
            if (bar == null || decision == null)
            {
                throw new ArgumentNullException(bar == null ? nameof(bar) : nameof(decision));
            }
            fixed (double* closes = Arrays.Pinnable(bar.Closes),
                highs = Arrays.Pinnable(bar.Highs),
                lows = Arrays.Pinnable(bar.Lows),
                atr = Arrays.Pinnable(bar.Atr),
                betas = Arrays.Pinnable(bar.Betas),
                observation = Arrays.Pinnable(bar.Observation),
                columns = Arrays.Pinnable(bar.Columns),
                assetColumns = Arrays.Pinnable(bar.AssetColumns),
                prior = Arrays.Pinnable(bar.Prior),
                ends = Arrays.Pinnable(bar.Ends),
                costRates = Arrays.Pinnable(bar.CostRates),
                halfSpreads = Arrays.Pinnable(bar.HalfSpreads),
                borrowRates = Arrays.Pinnable(bar.BorrowRates),
                volumes = Arrays.Pinnable(bar.Volumes),
                weights = Arrays.Pinnable(decision.Weights),
                units = Arrays.Pinnable(decision.Units),
                stops = Arrays.Pinnable(decision.Stops))
            fixed (Reason* reasons = decision.Reasons)
            {
                var given = bar.Data(
                    closes, highs, lows, atr, betas, observation, columns, assetColumns, prior, ends, costRates,
                    halfSpreads, borrowRates, volumes);
                var data = decision.Places(weights, units, stops, reasons);
                Native.Check(Native.ppo_book_decide(Handle, ref given, ref data));
                decision.Data = data;
            }
        }

        /// <summary>
        /// What has to be traded at this close for what <see cref="Decide"/> decided: sales first, whole lots, never more
        /// than cash allows, nothing of what is halted.
        /// </summary>
        /// <param name="units">units that are really held: [N]</param>
        /// <param name="cash">money that is really held</param>
        /// <param name="lots">units that can be traded at a time, 0 for any number: [N]; null for any number of each</param>
        /// <param name="minUnits">fewest units of an order: [N]; null for no such minimum</param>
        /// <param name="minValue">least money that an order is worth at the close</param>
        public Order[] Orders(
            double[] units, double cash, double[] lots = null, double[] minUnits = null, double minValue = 0.0)
        {
            var assets = new uint[units?.Length ?? 0];
            var traded = new double[assets.Length];
            UIntPtr count;
            fixed (double* u = Arrays.Pinnable(units),
                l = Arrays.Pinnable(lots),
                m = Arrays.Pinnable(minUnits),
                t = Arrays.Pinnable(traded))
            fixed (uint* a = Arrays.Pinnable(assets))
            {
                Native.Check(Native.ppo_book_orders(
                    Handle, u, Arrays.Length(units), cash, l, Arrays.Length(lots), m, Arrays.Length(minUnits), minValue,
                    a, Arrays.Length(assets), t, Arrays.Length(traded), out count));
            }
            var orders = new Order[Arrays.Size(count)];
            for (int i = 0; i < orders.Length; i++)
            {
                orders[i] = new Order((int)assets[i], traded[i]);
            }
            return orders;
        }

        /// <summary>
        /// Allows no trade of an asset from the next decision on, or allows it again: what is held of it stays, whatever
        /// the policy, limits, stops and the kill switch say.
        /// </summary>
        /// <param name="asset">which, from 0</param>
        /// <param name="pinned">whether it is not traded</param>
        public void Pin(int asset, bool pinned = true)
        {
            Native.Check(Native.ppo_book_pin(Handle, Arrays.Index(asset), pinned ? 1u : 0u));
        }
    }
}
