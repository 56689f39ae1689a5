using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace PpoRisk
{
    /// <summary>
    /// A training call in the background, on a thread of its own. Disposing of one that still runs stops it, and waits
    /// for as long as its update takes. Any number of threads may use one at once.
    /// </summary>
    public sealed unsafe partial class Job
    {
        /// <summary>Time to wait: until the job has ended.</summary>
        public const uint WaitForever = Constants.WaitForever;

        private readonly string checkpoint;

        internal Job(JobHandle of, string checkpointPath)
        {
            Handle = of;
            checkpoint = checkpointPath;
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
            if (status == (int)Status.Callback || status == (int)Status.Collective)
            {
                handle.Failure()?.Throw();
            }
            Files.RequireFolder(status, checkpoint);
            Outcome.Check(status, cancel);
            return true;
        }
    }

    internal sealed partial class JobHandle
    {
        private readonly ProgressHost progress;
        private readonly Host environment;
        private ExceptionDispatchInfo failure;

        internal JobHandle(IntPtr value, ProgressHost progress, Host environment)
            : this(value)
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

        partial void Released()
        {
            progress?.Release();
            environment?.Release();
        }
    }
}
