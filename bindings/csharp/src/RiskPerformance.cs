using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>Figures of a series of returns so far. A figure that is not defined is NaN.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PerformanceFigures
    {
        /// <summary>Size of this struct in bytes.</summary>
        internal uint StructSize;
        /// <summary>Has to be 0.</summary>
        internal uint Reserved;
        /// <summary>Bars seen, those of unknown return among them.</summary>
        public ulong Bars;
        /// <summary>Equity, 1 at the start.</summary>
        public double Equity;
        /// <summary>Highest equity so far, the start included.</summary>
        public double Peak;
        /// <summary>Fall from the peak now, a positive fraction of it.</summary>
        public double Drawdown;
        /// <summary>Largest drawdown so far.</summary>
        public double MaxDrawdown;
        /// <summary>Mean return of one bar.</summary>
        public double Mean;
        /// <summary>Growth over all bars.</summary>
        public double TotalReturn;
        /// <summary>Compound growth per year.</summary>
        public double AnnualReturn;
        /// <summary>Annual standard deviation.</summary>
        public double AnnualVolatility;
        /// <summary>Annual Sharpe ratio.</summary>
        public double Sharpe;
        /// <summary>Annual Sortino ratio; infinite without a loss.</summary>
        public double Sortino;
        /// <summary>Annual root mean square of what returns fall short of the required one.</summary>
        public double DownsideRisk;
        /// <summary>Annual return over the largest drawdown.</summary>
        public double Calmar;
    }

    /// <summary>
    /// Measures a series of returns bar by bar. One call at a time; pushing allocates nothing.
    /// </summary>
    public sealed unsafe class RiskPerformance : IDisposable
    {
        private RiskPerformanceHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RiskPerformanceHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        /// <param name="conventions">what measures are relative to (Tail is not used); null for the defaults</param>
        public RiskPerformance(RiskConventions conventions = null)
        {
            Library.Require();
            Native.Check(Native.risk_performance_new(conventions, out var performance));
            Handle = new RiskPerformanceHandle(performance);
        }

        private RiskPerformance(IntPtr of)
        {
            Handle = new RiskPerformanceHandle(of);
        }

        /// <summary>Goes on, bit for bit, from a saved state.</summary>
        public static RiskPerformance Restore(string stateJson, RiskConventions conventions = null)
        {
            Library.Require();
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_performance_restore(conventions, state, out var performance));
                return new RiskPerformance(performance);
            }
        }

        /// <summary>Takes in one bar's simple return; NaN for an unknown one, which leaves equity as it was.</summary>
        public void Push(double simpleReturn)
        {
            Native.Check(Native.risk_performance_push(Handle, simpleReturn));
        }

        /// <summary>The figures so far.</summary>
        public PerformanceFigures Read()
        {
            var found = new PerformanceFigures();
            Native.Check(Native.risk_performance_figures_init(ref found, (UIntPtr)sizeof(PerformanceFigures)));
            Native.Check(Native.risk_performance_read(Handle, ref found));
            return found;
        }

        /// <summary>All that bars have left behind; exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>The words of the last failed call on this series, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class RiskPerformanceHandle : LibraryHandle
    {
        internal RiskPerformanceHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_performance_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_figures_init(ref PerformanceFigures figures, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_new([In] RiskConventions conventions, out IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_restore(
            [In] RiskConventions conventions, byte* state_json, out IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_performance_free(IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_last_error(
            RiskPerformanceHandle performance, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_push(RiskPerformanceHandle performance, double simple_return);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_read(
            RiskPerformanceHandle performance, ref PerformanceFigures figures);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_state_json(
            RiskPerformanceHandle performance, byte* buffer, UIntPtr capacity, out UIntPtr needed);
    }
}
