using System;

namespace PpoRisk
{
    /// <summary>
    /// Tracks the regimes of a market bar by bar. One call at a time; updating allocates nothing.
    /// </summary>
    public sealed unsafe partial class RegimeTracker
    {
        /// <summary>A tracker that has seen nothing.</summary>
        /// <param name="configJson">the key "regime" of the risk manager's settings</param>
        public RegimeTracker(string configJson)
        {
            Library.Require();
            IntPtr regime;
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)))
            {
                Native.Check(Native.risk_regime_new(config, out regime));
            }
            Handle = new RegimeTrackerHandle(regime);
        }

        /// <summary>Fits the regimes to observations (Baum-Welch): a tracker that has seen nothing, calmest regime first.</summary>
        /// <param name="observations">one row a bar, oldest first: [bars * width]</param>
        /// <param name="bars">number of bars</param>
        /// <param name="width">numbers a bar, d</param>
        /// <param name="regimes">number of regimes, K</param>
        /// <param name="seed">of the starting points: any number</param>
        /// <param name="optionsJson">any of `starts`, `max_iterations`, `tolerance` and `prior_bars`; null for the defaults</param>
        public static RegimeTracker Fit(
            double[] observations, int bars, int width, int regimes, ulong seed = 0, string optionsJson = null)
        {
            Library.Require();
            fixed (byte* options = Text.Bytes(optionsJson, nameof(optionsJson)))
            fixed (double* o = Arrays.Pinnable(observations))
            {
                Native.Check(Native.risk_regime_fit(
                    o,
                    Arrays.Length(observations),
                    Arrays.Index(bars),
                    Arrays.Index(width),
                    Arrays.Index(regimes),
                    seed,
                    options,
                    out var regime));
                return new RegimeTracker(regime);
            }
        }

        /// <summary>A tracker that goes on, bit for bit, from a saved state.</summary>
        public static RegimeTracker Restore(string configJson, string stateJson)
        {
            Library.Require();
            fixed (byte* config = Text.Bytes(configJson, nameof(configJson)), state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.risk_regime_restore(config, state, out var regime));
                return new RegimeTracker(regime);
            }
        }

        /// <summary>The length of an observation, d.</summary>
        public int ObservationLength
        {
            get
            {
                Native.Check(Native.risk_regime_counts(Handle, out var length, out _));
                return Arrays.Size(length);
            }
        }

        /// <summary>Number of regimes, K.</summary>
        public int RegimeCount
        {
            get
            {
                Native.Check(Native.risk_regime_counts(Handle, out _, out var regimes));
                return Arrays.Size(regimes);
            }
        }
    }
}
