using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace PpoRisk
{
    /// <summary>Where a job is.</summary>
    public enum JobState : uint
    {
        /// <summary>At work.</summary>
        Running = 0,
        /// <summary>All that was asked for is done.</summary>
        Finished = 1,
        /// <summary>Stopped by Cancel or the progress function.</summary>
        Cancelled = 2,
        /// <summary>Ended by an error, which Wait throws.</summary>
        Failed = 3,
    }

    /// <summary>
    /// A training call in the background, on a thread of its own. Disposing of one that still runs stops it, and waits
    /// for as long as its update takes. Any number of threads may use one at once.
    /// </summary>
    public sealed unsafe class TrainingJob : IDisposable
    {
        /// <summary>Time to wait: until the job has ended.</summary>
        public const uint WaitForever = uint.MaxValue;

        private JobHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal JobHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal TrainingJob(JobHandle of)
        {
            Handle = of;
        }

        /// <summary>Where the job is, without waiting.</summary>
        public JobState State
        {
            get
            {
                Poll(out var state);
                return state;
            }
        }

        /// <summary>The figures of the last update, zeros before the first.</summary>
        public Metrics Metrics
        {
            get { return Poll(out _); }
        }

        /// <summary>The state and the figures of the last update, of the same instant.</summary>
        public Metrics Poll(out JobState state)
        {
            var metrics = PpoRisk.Metrics.Blank();
            Native.Check(Native.ppo_job_poll(Handle, out state, ref metrics));
            return metrics;
        }

        /// <summary>
        /// Waits for the job to end, and throws what its training call would have thrown. Answers false where the time
        /// ran out. Not for its own progress function, which would wait for itself.
        /// </summary>
        /// <param name="milliseconds">time to wait at most; 0 does not wait</param>
        public bool Wait(uint milliseconds = WaitForever)
        {
            return Wait(milliseconds, CancellationToken.None);
        }

        /// <summary>Asks the job to stop, and returns at once: it ends after the update that it is at.</summary>
        public void Cancel()
        {
            Native.Check(Native.ppo_job_cancel(Handle));
        }

        /// <summary>The words of the last failed call on this job, whichever thread made it; "" before the first.</summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_job_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }

        /// <summary>A task for the job's end, which disposes of it. Waits on a thread of its own, not on the pool's.</summary>
        internal Task<Metrics> Finish(CancellationToken cancel)
        {
            var source = new TaskCompletionSource<Metrics>(TaskCreationOptions.RunContinuationsAsynchronously);
            var waiting = new Thread(() => Finish(source, cancel)) { IsBackground = true, Name = "ppo_risk training" };
            waiting.Start();
            return source.Task;
        }

        private void Finish(TaskCompletionSource<Metrics> source, CancellationToken cancel)
        {
            using (this)
            using (cancel.Register(Cancel))
            {
                try
                {
                    Wait(WaitForever, cancel);
                    source.SetResult(Metrics);
                }
                catch (OperationCanceledException)
                {
                    source.SetCanceled();
                }
                catch (Exception exception)
                {
                    source.SetException(exception);
                }
            }
        }

        private bool Wait(uint milliseconds, CancellationToken cancel)
        {
            int status = Native.ppo_job_wait(Handle, milliseconds);
            if (status == (int)Status.Timeout)
            {
                return false;
            }
            if (status == (int)Status.Callback)
            {
                handle.Failure()?.Throw();
            }
            Outcome.Check(status, cancel);
            return true;
        }
    }

    internal sealed class JobHandle : LibraryHandle
    {
        private readonly ProgressHost progress;
        private readonly EnvironmentHost environment;
        private ExceptionDispatchInfo failure;

        internal JobHandle(IntPtr value, ProgressHost progress, EnvironmentHost environment)
            : base(value)
        {
            this.progress = progress;
            this.environment = environment;
        }

        /// <summary>The exception of the host's that ended the job, for every call that waits; null for none.</summary>
        internal ExceptionDispatchInfo Failure()
        {
            lock (this)
            {
                failure = failure ?? progress?.Take() ?? environment?.Take();
                return failure;
            }
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_job_free(handle);
            progress?.Release();
            environment?.Release();
            return true;
        }
    }

    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_start(TrainerHandle trainer, TrainOptionsData* options, out IntPtr job);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_poll(JobHandle job, out JobState state, ref Metrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_wait(JobHandle job, uint timeout_ms);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_cancel(JobHandle job);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_last_error(
            JobHandle job, byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_job_free(IntPtr job);
    }
}
