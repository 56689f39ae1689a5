using System;

namespace PpoRisk
{
    /// <summary>A failed call of the library. Messages are for people; programs go by the code.</summary>
    public sealed unsafe class PpoException : Exception
    {
        internal PpoException(Status code, string message)
            : base(message)
        {
            Code = code;
        }

        /// <summary>What the call answered.</summary>
        public Status Code { get; }

        /// <summary>The code's name in the C header, such as "PPO_ERR_LENGTH".</summary>
        public string Name
        {
            get { return Text.Read(Native.ppo_status_name((int)Code)); }
        }
    }
}
