using System;
using System.Threading;
using System.Threading.Tasks;

namespace PpoRisk
{
    /// <summary>
    /// A trainer: an agent, the optimiser that moves its weights, and where its experience comes from. The agent may be
    /// disposed of before it. One call at a time: a second one, or one while a job works, is answered
    /// <see cref="Status.Busy"/>.
    /// </summary>
    public sealed unsafe partial class Trainer
    {
        private Trainer(TrainerHandle of)
        {
            Handle = of;
        }

        /// <summary>Trains: until the configuration's steps are taken, the limit is reached, or Progress ends it.</summary>
        /// <returns>the figures of the last update; zeros where there was nothing left to do</returns>
        public Metrics Train(TrainOptions options = null)
        {
            var metrics = Metrics.Blank();
            options = options ?? new TrainOptions();
            var host = options.Progress == null ? null : new ProgressHost(options.Progress);
            try
            {
                fixed (byte* path = Text.Bytes(options.CheckpointPath, nameof(options)))
                {
                    var data = ProgressHost.Data(options, host, path);
                    int status = Native.ppo_train(Handle, &data, ref metrics);
                    Files.RequireFolder(status, options.CheckpointPath);
                    Outcome.Check(status, host, handle.Environment);
                }
            }
            finally
            {
                host?.Release();
            }
            return metrics;
        }

        /// <summary>
        /// Trains in the background. The task ends with the figures of the last update; with the exception of a host's
        /// function, with the library's (<see cref="PpoException"/>), or as cancelled, after the update that it was at, with
        /// its checkpoint written. The agent goes on deciding meanwhile.
        /// </summary>
        /// <param name="progress">is called after every update, as its Report does it; may be null</param>
        /// <param name="cancel">stops the training</param>
        /// <param name="options">as for <see cref="Train"/>; null for none</param>
        public Task<Metrics> TrainAsync(
            IProgress<Metrics> progress = null,
            CancellationToken cancel = default(CancellationToken),
            TrainOptions options = null)
        {
            if (cancel.IsCancellationRequested)
            {
                return Task.FromCanceled<Metrics>(cancel);
            }
            var heard = options?.Progress;
            var both = new TrainOptions
            {
                Progress = progress == null ? heard : metrics =>
                {
                    progress.Report(metrics);
                    return heard != null && heard(metrics);
                },
                CheckpointPath = options?.CheckpointPath,
                CheckpointInterval = options?.CheckpointInterval ?? 0,
                MostUpdates = options?.MostUpdates ?? 0,
            };
            return StartJob(both).Finish(cancel);
        }

        /// <summary>Begins to train in the background, on a thread of the library's.</summary>
        public Job StartJob(TrainOptions options = null)
        {
            options = options ?? new TrainOptions();
            var host = options.Progress == null ? null : new ProgressHost(options.Progress);
            bool retained = false;
            try
            {
                handle.Environment?.Retain();
                retained = true;
                fixed (byte* path = Text.Bytes(options.CheckpointPath, nameof(options)))
                {
                    var data = ProgressHost.Data(options, host, path);
                    Native.Check(Native.ppo_job_start(Handle, &data, out var job));
                    return new Job(new JobHandle(job, host, handle.Environment), options.CheckpointPath);
                }
            }
            catch
            {
                host?.Release();
                if (retained)
                {
                    handle.Environment?.Release();
                }
                throw;
            }
        }

        /// <summary>
        /// One update: a rollout in the trainer's environments and the epochs on it, or, for a trainer made for transitions,
        /// the epochs on all that <see cref="Observe"/> has kept, which are used up.
        /// </summary>
        public Metrics Update()
        {
            var metrics = Metrics.Blank();
            Outcome.Check(Native.ppo_update(Handle, ref metrics), handle.Environment, null);
            return metrics;
        }

        /// <summary>
        /// Keeps a transition for the next update (copied). Answers whether an update was done.
        /// </summary>
        /// <param name="transition">what happened</param>
        /// <param name="update">
        /// true to update as soon as a rollout of NEnvs times NSteps is complete: this call then takes as long as an
        /// update; false to leave the update to <see cref="Update"/>, perhaps on another thread
        /// </param>
        public bool Observe(Transition transition, bool update = true)
        {
            if (transition == null)
            {
                throw new ArgumentNullException(nameof(transition));
            }
            var data = TransitionData.Blank();
            uint updated;
            fixed (float* state = Arrays.Pinnable(transition.State),
                action = Arrays.Pinnable(transition.Action),
                next = Arrays.Pinnable(transition.NextState))
            fixed (double* prior = Arrays.Pinnable(transition.Prior))
            {
                data.Env = transition.Env;
                data.State = state;
                data.StateLen = Arrays.Length(transition.State);
                data.Prior = prior;
                data.PriorLen = Arrays.Length(transition.Prior);
                data.Action = action;
                data.ActionLen = Arrays.Length(transition.Action);
                data.NextState = next;
                data.NextStateLen = Arrays.Length(transition.NextState);
                data.LogProb = transition.LogProb;
                data.Reward = transition.Reward;
                data.Terminated = transition.Terminated;
                data.Truncated = transition.Truncated;
                Native.Check(Native.ppo_observe(Handle, ref data, update ? 1u : 0u, out updated));
            }
            return updated != 0;
        }

        /// <summary>
        /// Writes a checkpoint: a policy file with all that training needs to go on. It is there whole afterwards or, on
        /// an error, as it was before.
        /// </summary>
        public void Save(string path)
        {
            fixed (byte* bytes = Text.Bytes(path, nameof(path)))
            {
                Files.CheckWritten(Native.ppo_trainer_save(Handle, bytes), path);
            }
        }

        /// <summary>How far the trainer has come: the counters; other figures are 0.</summary>
        public Metrics Progress
        {
            get { return HowFar(out _); }
        }

        /// <summary>Whether all of the configuration's steps have been taken.</summary>
        public bool Done
        {
            get
            {
                HowFar(out uint done);
                return done != 0;
            }
        }

        private Metrics HowFar(out uint done)
        {
            var metrics = Metrics.Blank();
            Native.Check(Native.ppo_trainer_progress(Handle, ref metrics, out done));
            return metrics;
        }
    }

    internal sealed partial class TrainerHandle
    {
        /// <summary>The host's environments or, of a trainer over a market, its collectives; null without.</summary>
        internal Host Environment;

        internal TrainerHandle(IntPtr value, Host environment)
            : this(value)
        {
            Environment = environment;
        }

        partial void Released()
        {
            Environment?.Release();
        }
    }
}
