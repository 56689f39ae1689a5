using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>How a call trains.</summary>
    public sealed class TrainOptions
    {
        /// <summary>
        /// Called after every update, once the agent has its policy. A true answer stops training, as in every language: the
        /// call then throws OperationCanceledException. It is called on the thread that trains; its exceptions end the
        /// call, which throws them.
        /// </summary>
        public Func<Metrics, bool> Progress { get; set; }

        /// <summary>File that a checkpoint is written to when the call ends, also where it was stopped; null for none.</summary>
        public string CheckpointPath { get; set; }

        /// <summary>Updates after which a checkpoint is written besides; 0 for only at the end.</summary>
        public ulong CheckpointInterval { get; set; }

        /// <summary>Most updates of the call; 0 for as many as the configuration's steps take.</summary>
        public ulong MostUpdates { get; set; }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int ProgressCallback(Metrics* metrics, IntPtr user);

    /// <summary>A host's progress function.</summary>
    internal sealed unsafe class ProgressHost : Host
    {
        private static readonly ProgressCallback OnProgress = Hear;

        private readonly Func<Metrics, bool> progress;

        internal ProgressHost(Func<Metrics, bool> progress)
        {
            this.progress = progress;
        }

        /// <summary>Options with this function, and a checkpoint path that stays where it is.</summary>
        internal static TrainOptionsData Data(TrainOptions options, ProgressHost host, byte* checkpointPath)
        {
            var data = TrainOptionsData.Blank();
            if (host != null)
            {
                data.Progress = Marshal.GetFunctionPointerForDelegate(OnProgress);
                data.User = host.User;
            }
            data.CheckpointPath = checkpointPath;
            data.CheckpointInterval = options.CheckpointInterval;
            data.MostUpdates = options.MostUpdates;
            return data;
        }

        private static int Hear(Metrics* metrics, IntPtr user)
        {
            const int GoOn = 0, Stop = 1, Failed = -1;
            var host = Find<ProgressHost>(user);
            if (host == null)
            {
                return Stop;
            }
            try
            {
                return host.progress(*metrics) ? Stop : GoOn;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }
    }
}
