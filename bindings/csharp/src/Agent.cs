using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// An agent: a policy that turns states into portfolio weights. Any number of threads may use one at once. What it
    /// refuses is a <see cref="PpoException"/>; outputs are then as they were.
    /// </summary>
    public sealed unsafe partial class Agent : IDisposable
    {
        private AgentHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal AgentHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        /// <summary>Makes an agent with an untrained policy.</summary>
        /// <param name="specJson">what the policy is, as <see cref="SpecJson"/> writes it</param>
        /// <param name="config">how it starts (Seed, LogStdInit, KappaInit); null for the defaults</param>
        public Agent(string specJson, Config config = null)
        {
            Library.Require();
            IntPtr handle;
            fixed (byte* spec = Text.Bytes(specJson, nameof(specJson)))
            {
                Native.Check(Native.ppo_agent_new(spec, config, out handle));
            }
            Handle = new AgentHandle(handle);
        }

        internal Agent(AgentHandle of)
        {
            Handle = of;
        }

        /// <summary>Loads an agent from a policy file or a checkpoint (of which the policy alone is taken).</summary>
        public static Agent Load(string path)
        {
            Library.Require();
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Native.Check(Native.ppo_load(bytes, out var handle));
                return new Agent(new AgentHandle(handle));
            }
        }

        /// <summary>Loads an agent from the bytes of a policy file.</summary>
        public static Agent LoadBytes(byte[] bytes)
        {
            Library.Require();
            fixed (byte* start = Arrays.Pinnable(bytes))
            {
                Native.Check(Native.ppo_load_bytes(start, Arrays.Length(bytes), out var handle));
                return new Agent(new AgentHandle(handle));
            }
        }

        /// <summary>Saves the policy to a file, which is there whole afterwards or, on an error, as it was before.</summary>
        public void Save(string path)
        {
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Native.Check(Native.ppo_save(Handle, bytes));
            }
        }

        /// <summary>The bytes that <see cref="Save"/> writes.</summary>
        public byte[] SaveBytes()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_save_bytes(Handle, buffer, capacity, out needed));
        }

        /// <summary>
        /// Writes the deterministic policy as an ONNX model (opset 17): inputs `state` and, where the policy has one,
        /// `prior`; output `weights`, to about 1e-6. A runtime does not refuse states that are not finite.
        /// </summary>
        public void ExportOnnx(string path)
        {
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Native.Check(Native.ppo_export_onnx(Handle, bytes));
            }
        }

        /// <summary>
        /// A second agent with the policy that this one has now. Both share the weights in memory; training the one does
        /// not change the other.
        /// </summary>
        public Agent Clone()
        {
            Native.Check(Native.ppo_agent_clone(Handle, out var clone));
            return new Agent(new AgentHandle(clone));
        }

        /// <summary>
        /// Chooses how exactly the network's weights are kept from now on, here and in later clones; files have them as
        /// they were trained. With bf16 decisions are faster, and target weights move a little.
        /// </summary>
        public void SetPrecision(Precision precision)
        {
            Native.Check(Native.ppo_agent_set_precision(Handle, (uint)precision));
        }

        /// <summary>How exactly the network's weights are kept.</summary>
        public Precision Precision
        {
            get
            {
                Native.Check(Native.ppo_agent_precision(Handle, out uint precision));
                return (Precision)precision;
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_agent_asset_count(Handle, out var count));
                return (int)count;
            }
        }

        /// <summary>Number of weights that a decision has, A: one an asset and then, where the policy may hold it, cash.</summary>
        public int ActionLength
        {
            get
            {
                Native.Check(Native.ppo_agent_action_len(Handle, out var length));
                return (int)length;
            }
        }

        /// <summary>
        /// Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility [N], cash
        /// ratio [1], then, where the spec has them, account [2] and the host's columns [K].
        /// </summary>
        public int StateLength
        {
            get
            {
                Native.Check(Native.ppo_agent_state_len(Handle, out var length));
                return (int)length;
            }
        }

        /// <summary>Number of prior weights that every decision needs: A, or 0 where the policy has no prior.</summary>
        public int PriorLength
        {
            get
            {
                Native.Check(Native.ppo_agent_prior_len(Handle, out var length));
                return (int)length;
            }
        }

        /// <summary>The name of an asset, in the order of the weights.</summary>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_agent_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>What the policy is: names of the assets, layout of the state, meaning of the action, the network.</summary>
        public string SpecJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_spec_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>How the policy came to be: whatever its trainer wrote.</summary>
        public string ProvenanceJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_provenance_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>The words of the last failed call on this agent, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    internal sealed class AgentHandle : LibraryHandle
    {
        internal AgentHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_agent_free(handle);
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_new(byte* spec_json, [In] Config config, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_load(byte* path, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_load_bytes(byte* bytes, UIntPtr len, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_save(AgentHandle agent, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_save_bytes(
            AgentHandle agent, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_export_onnx(AgentHandle agent, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_clone(AgentHandle agent, out IntPtr clone);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_set_precision(AgentHandle agent, uint precision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_precision(AgentHandle agent, out uint precision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_agent_free(IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_last_error(
            AgentHandle agent, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_asset_count(AgentHandle agent, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_action_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_state_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_prior_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_asset_name(
            AgentHandle agent, UIntPtr index, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_spec_json(
            AgentHandle agent, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_provenance_json(
            AgentHandle agent, byte* buffer, UIntPtr capacity, out UIntPtr needed);
    }
}
