using System;

namespace PpoRisk
{
    public sealed unsafe partial class Config
    {
        /// <summary>
        /// Reads a configuration from JSON, as <see cref="ToJson"/> writes it. Keys that are missing take their defaults;
        /// unknown ones are refused.
        /// </summary>
        public static Config FromJson(string json)
        {
            var config = new Config();
            fixed (byte* text = Text.Bytes(json, nameof(json)))
            {
                Native.Check(Native.ppo_config_from_json(text, config));
            }
            return config;
        }

        /// <summary>The configuration as JSON.</summary>
        public string ToJson()
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_config_to_json(this, buffer, capacity, out needed));
        }
    }
}
