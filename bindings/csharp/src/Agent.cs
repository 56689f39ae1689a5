using System;

namespace PpoRisk
{
    /// <summary>
    /// An agent: a policy that turns states into portfolio weights. Any number of threads may use one at once. What it
    /// refuses is a <see cref="PpoException"/>; outputs are then as they were.
    /// </summary>
    public sealed unsafe partial class Agent
    {
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
                Files.CheckRead(Native.ppo_load(bytes, out var handle), path);
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
                Files.CheckWritten(Native.ppo_save(Handle, bytes), path);
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
                Files.CheckWritten(Native.ppo_export_onnx(Handle, bytes), path);
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
        /// A second agent that decides by the mean of the weights of this agent's policy and of another's: an ensemble of
        /// two, or of one more where an agent is an ensemble already. Both others stay as they are.
        /// </summary>
        public Agent WithMember(Agent member)
        {
            if (member == null)
            {
                throw new ArgumentNullException(nameof(member));
            }
            Native.Check(Native.ppo_agent_with_member(Handle, member.Handle, out var ensemble));
            return new Agent(new AgentHandle(ensemble));
        }

        /// <summary>
        /// Chooses how exactly the network's weights are kept from now on, here and in later clones; files have them as
        /// they were trained. With bf16 decisions are faster, and target weights move a little.
        /// </summary>
        public void SetPrecision(Precision precision)
        {
            Native.Check(Native.ppo_agent_set_precision(Handle, precision));
        }

        /// <summary>How exactly the network's weights are kept.</summary>
        public Precision Precision
        {
            get
            {
                Native.Check(Native.ppo_agent_precision(Handle, out var precision));
                return precision;
            }
        }
    }
}
