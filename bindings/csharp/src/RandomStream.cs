using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// A stream of random numbers. The same seed and index give the same numbers on every machine. One call at a time:
    /// a second one is answered <see cref="Status.Busy"/>.
    /// </summary>
    public sealed unsafe class RandomStream : IDisposable
    {
        private RandomHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RandomHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        /// <param name="seed">the run's seed: any number</param>
        /// <param name="index">which of the run's independent streams: one for each thread or account, say</param>
        public RandomStream(ulong seed, ulong index = 0)
        {
            Library.Require();
            Native.Check(Native.ppo_random_new(seed, index, out var handle));
            Handle = new RandomHandle(handle);
        }

        private RandomStream(RandomHandle of)
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
                return new RandomStream(new RandomHandle(random));
            }
        }

        /// <summary>Where the stream stands, for <see cref="Restore"/> in another process.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>A stream that goes on where this one stands.</summary>
        public RandomStream Clone()
        {
            Native.Check(Native.ppo_random_clone(Handle, out var copy));
            return new RandomStream(new RandomHandle(copy));
        }

        /// <summary>The words of the last failed call on this stream, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class RandomHandle : LibraryHandle
    {
        internal RandomHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_random_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_new(ulong seed, ulong index, out IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_clone(RandomHandle random, out IntPtr copy);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_state_json(
            RandomHandle random, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_restore(byte* state_json, out IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_random_free(IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_last_error(
            RandomHandle random, byte* buffer, UIntPtr capacity, out UIntPtr needed);
    }
}
