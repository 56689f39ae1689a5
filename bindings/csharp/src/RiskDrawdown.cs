using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// The drawdown monitor of a risk manager by itself: what may be held at a drawdown. One call at a time.
    /// </summary>
    public sealed unsafe class RiskDrawdown : IDisposable
    {
        private RiskDrawdownHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RiskDrawdownHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        /// <param name="configJson">the key "drawdown" of the risk manager's settings; null for the defaults</param>
        public RiskDrawdown(string configJson = null)
        {
            Library.Require();
            IntPtr monitor;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_drawdown_new(config, out monitor));
            }
            Handle = new RiskDrawdownHandle(monitor);
        }

        private RiskDrawdown(IntPtr of)
        {
            Handle = new RiskDrawdownHandle(of);
        }

        /// <summary>A monitor that goes on from a saved state.</summary>
        public static RiskDrawdown Restore(string stateJson, string configJson = null)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_drawdown_restore(config, state, out var monitor));
                return new RiskDrawdown(monitor);
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
            RiskReason[] reasons = null,
            double drawdown = double.NaN)
        {
            fixed (RiskReason* r = reasons)
            {
                Native.Check(Native.risk_drawdown_update(
                    Handle, equity, drawdown, out state, out found, r, Arrays.Length(reasons), out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Starts afresh: active, with the last equity as the peak.</summary>
        public void Reset()
        {
            Native.Check(Native.risk_drawdown_reset(Handle));
        }

        /// <summary>The settings, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>All that bars have left behind; exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>The words of the last failed call on this monitor, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class RiskDrawdownHandle : LibraryHandle
    {
        internal RiskDrawdownHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_drawdown_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_new(byte* config_json, out IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_restore(byte* config_json, byte* state_json, out IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_drawdown_free(IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_last_error(
            RiskDrawdownHandle monitor, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_config_json(
            RiskDrawdownHandle monitor, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_state_json(
            RiskDrawdownHandle monitor, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_update(
            RiskDrawdownHandle monitor,
            double equity,
            double drawdown,
            out RiskState state,
            out double found,
            RiskReason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_reset(RiskDrawdownHandle monitor);
    }
}
