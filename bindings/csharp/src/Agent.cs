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
    }
}
