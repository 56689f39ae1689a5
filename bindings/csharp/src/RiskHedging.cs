using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>The hedge position to hold after a bar; a position, not a change of one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct HedgePosition
    {
        internal uint StructSize;
        internal uint Reserved;
        private uint active;
        /// <summary>Side of the position, opposite to the net exposure.</summary>
        public RiskHedge Side;
        /// <summary>Size of the position in money, 0 or more.</summary>
        public double Notional;
        /// <summary>Net exposure that is hedged, as a signed part of equity.</summary>
        public double Net;
        /// <summary>Part of the net exposure that is hedged; 0 while closed.</summary>
        public double Ratio;

        /// <summary>Whether the hedge is open.</summary>
        public bool Active
        {
            get { return active != 0; }
        }
    }

    /// <summary>
    /// The hedge of a risk manager by itself: opened where the drawdown is above a threshold. One call at a time.
    /// </summary>
    public sealed unsafe class RiskHedging : IDisposable
    {
        private RiskHedgingHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RiskHedgingHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        /// <param name="configJson">the key "hedge" of the risk manager's settings; null for the defaults</param>
        public RiskHedging(string configJson = null)
        {
            Library.Require();
            IntPtr hedge;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_hedge_new(config, out hedge));
            }
            Handle = new RiskHedgingHandle(hedge);
        }

        private RiskHedging(IntPtr of)
        {
            Handle = new RiskHedgingHandle(of);
        }

        /// <summary>A hedge that goes on from a saved state; the settings may differ.</summary>
        public static RiskHedging Restore(string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_hedge_restore(config, state, out var hedge));
                return new RiskHedging(hedge);
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
            RiskReason[] reasons = null)
        {
            var found = new HedgePosition();
            Native.Check(Native.risk_hedge_position_init(ref found, (UIntPtr)sizeof(HedgePosition)));
            fixed (double* w = Arrays.Pinnable(weights), b = Arrays.Pinnable(betas))
            fixed (RiskReason* r = reasons)
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

        /// <summary>The settings, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Whether it is open, for a restart.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>The words of the last failed call on this hedge, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class RiskHedgingHandle : LibraryHandle
    {
        internal RiskHedgingHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_hedge_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_position_init(ref HedgePosition position, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_new(byte* config_json, out IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_restore(byte* config_json, byte* state_json, out IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_hedge_free(IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_last_error(
            RiskHedgingHandle hedge, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_config_json(
            RiskHedgingHandle hedge, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_state_json(
            RiskHedgingHandle hedge, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_decide(
            RiskHedgingHandle hedge,
            double drawdown,
            double* weights,
            UIntPtr weights_len,
            double equity,
            double* betas,
            UIntPtr betas_len,
            ref HedgePosition position,
            RiskReason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);
    }
}
