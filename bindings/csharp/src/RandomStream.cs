namespace PpoRisk
{
    /// <summary>
    /// A stream of random numbers. The same seed and index give the same numbers on every machine. One call at a time:
    /// a second one is answered <see cref="Status.Busy"/>.
    /// </summary>
    public sealed unsafe partial class RandomStream
    {
        /// <param name="seed">the run's seed: any number</param>
        /// <param name="index">which of the run's independent streams: one for each thread or account, say</param>
        public RandomStream(ulong seed, ulong index = 0)
        {
            Library.Require();
            Native.Check(Native.ppo_random_new(seed, index, out var handle));
            Handle = new RandomStreamHandle(handle);
        }

        private RandomStream(RandomStreamHandle of)
        {
            Handle = of;
        }

        /// <summary>A stream that goes on from a saved state.</summary>
        public static RandomStream Restore(string stateJson)
        {
            Library.Require();
            fixed (byte* state = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_random_restore(state, out var random));
                return new RandomStream(new RandomStreamHandle(random));
            }
        }
    }
}
