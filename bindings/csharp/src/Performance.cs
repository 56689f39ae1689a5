using System;

namespace PpoRisk
{
    /// <summary>
    /// Measures a series of returns bar by bar. One call at a time; pushing allocates nothing.
    /// </summary>
    public sealed unsafe partial class Performance
    {
        /// <param name="conventions">what measures are relative to (Tail is not used); null for the defaults</param>
        public Performance(Conventions conventions = null)
        {
            Library.Require();
            Native.Check(Native.risk_performance_new(conventions, out var performance));
            Handle = new PerformanceHandle(performance);
        }

        /// <summary>Goes on, bit for bit, from a saved state.</summary>
        public static Performance Restore(string stateJson, Conventions conventions = null)
        {
            Library.Require();
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_performance_restore(conventions, state, out var performance));
                return new Performance(performance);
            }
        }
    }
}
