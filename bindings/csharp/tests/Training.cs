using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PpoRisk;

/// <summary>Training learns what is known, is followed and stopped, and ends with the host's own exceptions.</summary>
internal static class Training
{
    internal static void All(string folder)
    {
        if (!Library.CanTrain)
        {
            using (var agent = new Agent(Simulator.Spec))
            {
                Check.Refuses(Status.NotBuilt, "without libtorch", () => Trainer.Online(agent));
            }
            return;
        }
        Foreground(folder);
        HostErrors();
        Counterfactuals();
        PolicyPaths();
        Background();
        Stopping();
        Online(folder);
        Threads();
    }

    private static void Foreground(string folder)
    {
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        using (var agent = new Agent(Simulator.Spec))
        using (var trainer = Trainer.OnHost(agent, new Simulator(), Simulator.Settings(40)))
        {
            var heard = new List<Metrics>();
            var last = trainer.Train(new TrainOptions
            {
                Progress = metrics =>
                {
                    heard.Add(metrics);
                    return false;
                },
                CheckpointPath = checkpoint,
            });
            Check.Same(40, heard.Count, "updates heard of");
            Check.Same(40ul, last.Update, "the last update");
            Check.Same(last.PolicyGradientLoss, heard[39].PolicyGradientLoss, "the last update's loss");
            Check.Same(40ul * 256, last.EnvSteps, "steps");
            Check.That(trainer.Done && trainer.Progress.Update == 40, "all steps are taken");
            Check.That(Simulator.Gain(agent) > 0.9, "learnt: " + Simulator.Gain(agent));
            Check.That(trainer.ConfigJson.Contains("\"n_envs\":8"), trainer.ConfigJson);
            // Nothing is left to do: zeros.
            Check.Same(0.0, trainer.Train().ValueLoss, "figures where nothing was left to do");
            using (var same = trainer.Agent())
            {
                Check.Same(Simulator.Gain(agent), Simulator.Gain(same), "the trainer's agent");
            }
            using (var resumed = Trainer.ResumeOnHost(checkpoint, new Simulator(), out var other))
            using (other)
            {
                Check.That(resumed.Done, "the resumed run is done, too");
                Check.Same(Simulator.Gain(agent), Simulator.Gain(other), "the resumed agent");
            }
            Check.Refuses(Status.Io, "no/such/file", () => Trainer.ResumeOnHost("no/such/file", new Simulator(), out _));
        }
    }

    private static void HostErrors()
    {
        using (var agent = new Agent(Simulator.Spec))
        {
            var failure = Check.Throws<InvalidOperationException>(
                "a reset that throws", () => Trainer.OnHost(agent, new Simulator { FailReset = true }, Simulator.Settings(5)));
            Check.Same("no reset today", failure?.Message, "the host's own exception");
            Check.Throws<ArgumentNullException>("no environment", () => Trainer.OnHost(agent, null));
            var world = new Simulator { FailStepAt = 300 };
            using (var trainer = Trainer.OnHost(agent, world, Simulator.Settings(5)))
            {
                failure = Check.Throws<InvalidOperationException>("a step that throws", () => trainer.Train());
                Check.Same("the simulator broke at step 300", failure?.Message, "the host's own exception");
                Check.That(failure != null && failure.StackTrace.Contains("Simulator.Step"), "it says where: " + failure);
                Check.Same(1ul, trainer.Progress.Update, "updates before the error");
                Check.That(trainer.LastError.Contains("`step` answered -1"), trainer.LastError);
                failure = Check.Throws<InvalidOperationException>(
                    "a progress function that throws",
                    () => trainer.Train(new TrainOptions { Progress = Broken }));
                Check.Same("enough", failure?.Message, "the host's own exception");
                Check.Throws<OperationCanceledException>(
                    "a progress function that stops", () => trainer.Train(new TrainOptions { Progress = _ => true }));
                // A true answer stops, as in every language: after one update, however many there are to go.
                ulong done = trainer.Progress.Update;
                Check.Throws<OperationCanceledException>(
                    "a progress function that stops", () => trainer.Train(new TrainOptions { Progress = _ => true }));
                Check.Same(done + 1, trainer.Progress.Update, "updates until it stopped");
                // Work on the trainer from inside: refused, and the refusal is the host's to see.
                world.OnStep = () => trainer.Update();
                var busy = Check.Throws<PpoException>("a step that trains", () => trainer.Update());
                Check.Same((Status?)Status.Busy, busy?.Code, "a step that trains");
            }
            var wrong = Simulator.Settings(5);
            wrong.LearningRate = double.PositiveInfinity;
            Check.Refuses(Status.NotFinite, "ppo.learning_rate", () => Trainer.OnHost(agent, new Simulator(), wrong));
            wrong = Simulator.Settings(5);
            wrong.BatchSize = 4000;
            Check.Refuses(Status.InvalidArgument, "batch_size", () => Trainer.OnHost(agent, new Simulator(), wrong));
        }
    }

    /// <summary>A simulator that tells what other weights would have earned.</summary>
    private sealed class Telling : Simulator, ICounterfactualEnvironment
    {
        internal long Asked;
        internal long FailAt = -1;

        public double Counterfactual(long env, double[] weights)
        {
            if (++Asked == FailAt)
            {
                throw new InvalidOperationException("it cannot be told");
            }
            return Earned(weights);
        }
    }

    private static void Counterfactuals()
    {
        var config = Simulator.Settings(40);
        config.ControlVariate = ControlVariate.SelfCritical;
        using (var agent = new Agent(Simulator.Spec))
        {
            Check.Refuses(
                Status.InvalidArgument, "counterfactual", () => Trainer.OnHost(agent, new Simulator(), config));
            var world = new Telling();
            using (var trainer = Trainer.OnHost(agent, world, config))
            {
                trainer.Train();
                Check.Same(world.Steps, world.Asked, "asked after every step");
                Check.That(Simulator.Gain(agent) > 0.9, "learnt: " + Simulator.Gain(agent));
            }
            using (var trainer = Trainer.OnHost(agent, new Telling { FailAt = 300 }, config))
            {
                var failure = Check.Throws<InvalidOperationException>(
                    "a counterfactual that throws", () => trainer.Train());
                Check.Same("it cannot be told", failure?.Message, "the host's own exception");
            }
        }
    }

    /// <summary>A simulator that can go back to where it was.</summary>
    private sealed class Remembering : Simulator, IRememberingEnvironment
    {
        internal long Remembered;
        internal long Back;
        internal long FailAt = -1;

        public void Remember(long env)
        {
            Remembered++;
        }

        public void GoBack(long env)
        {
            if (++Back == FailAt)
            {
                throw new InvalidOperationException("there is no way back");
            }
        }
    }

    private static void PolicyPaths()
    {
        var config = Simulator.Settings(40);
        config.ControlVariate = ControlVariate.PolicyPath;
        using (var agent = new Agent(Simulator.Spec))
        {
            Check.Refuses(Status.InvalidArgument, "go back", () => Trainer.OnHost(agent, new Simulator(), config));
            var world = new Remembering();
            using (var trainer = Trainer.OnHost(agent, world, config))
            {
                var metrics = trainer.Train();
                Check.Same(2 * (long)metrics.EnvSteps, world.Steps, "every decision with noise and without");
                Check.That(world.Remembered > 0, "remembered");
                Check.Same(world.Remembered, world.Back, "back as often as remembered");
                Check.That(Simulator.Gain(agent) > 0.8, "learnt: " + Simulator.Gain(agent));
            }
            using (var trainer = Trainer.OnHost(agent, new Remembering { FailAt = 300 }, config))
            {
                var failure = Check.Throws<InvalidOperationException>(
                    "a way back that throws", () => trainer.Train());
                Check.Same("there is no way back", failure?.Message, "the host's own exception");
            }
        }
    }

    private static bool Broken(Metrics metrics)
    {
        throw new InvalidOperationException("enough");
    }

    private sealed class Listener : IProgress<Metrics>
    {
        internal readonly List<ulong> Updates = new List<ulong>();
        internal int ThrowAt = -1;

        public void Report(Metrics value)
        {
            Updates.Add(value.Update);
            if (Updates.Count == ThrowAt)
            {
                throw new InvalidDataException("the listener broke");
            }
        }
    }

    private static void Background()
    {
        using (var agent = new Agent(Simulator.Spec))
        {
            var heard = new Listener();
            Task<Metrics> training;
            using (var trainer = Trainer.OnHost(agent, new Simulator(), Simulator.Settings(30)))
            {
                training = trainer.TrainAsync(heard);
            }
            // The trainer may go; the job goes on.
            Check.Same(30ul, training.Result.Update, "the last update");
            Check.That(heard.Updates.Count == 30 && heard.Updates[29] == 30, "updates heard of: " + heard.Updates.Count);
            Check.That(Simulator.Gain(agent) > 0.9, "learnt: " + Simulator.Gain(agent));
            using (var trainer = Trainer.OnHost(agent, new Simulator { FailStepAt = 100 }, Simulator.Settings(5)))
            using (var job = trainer.StartJob())
            {
                // Every call that waits is told.
                for (int i = 0; i < 2; i++)
                {
                    var failure = Check.Throws<InvalidOperationException>("a job whose step throws", () => job.Wait());
                    Check.Same("the simulator broke at step 100", failure?.Message, "the host's own exception");
                }
                Check.Same(JobState.Failed, job.State, "the job's state");
                Check.That(job.LastError.Contains("`step` answered -1"), job.LastError);
            }
            using (var trainer = Trainer.OnHost(agent, new Simulator(), Simulator.Settings(30)))
            {
                var broken = trainer.TrainAsync(new Listener { ThrowAt = 3 });
                var failure = Check.Throws<AggregateException>("a listener that throws", () => broken.Wait());
                Check.That(failure?.InnerException is InvalidDataException, "the listener's own exception: " + failure);
                Check.That(broken.IsFaulted, "the task is faulted");
                Check.Same(3ul, trainer.Progress.Update, "updates until then");
            }
        }
    }

    private static void Stopping()
    {
        using (var agent = new Agent(Simulator.Spec))
        using (var trainer = Trainer.OnHost(agent, new Simulator(), Simulator.Settings(1000000)))
        {
            using (var stop = new CancellationTokenSource())
            {
                var training = trainer.TrainAsync(cancel: stop.Token);
                Check.Refuses(Status.Busy, "", () => trainer.Update());
                Check.That(!training.Wait(50), "it trains on");
                stop.Cancel();
                var failure = Check.Throws<AggregateException>("a task that was cancelled", () => training.Wait());
                Check.That(training.IsCanceled && failure?.InnerException is OperationCanceledException, "cancelled: " + failure);
                Check.That(trainer.TrainAsync(cancel: stop.Token).IsCanceled, "cancelled before it begins");
            }
            ulong before = trainer.Progress.Update;
            Check.That(before > 0, "updates until it was cancelled");
            using (var job = trainer.StartJob(new TrainOptions { MostUpdates = 2 }))
            {
                Check.That(job.Wait(60000) && job.State == JobState.Finished, "a limited job finishes");
                Check.Same(before + 2, job.Metrics.Update, "the job's figures");
            }
            using (var job = trainer.StartJob())
            {
                Check.That(!job.Wait(0) && job.State == JobState.Running, "at work");
            }
            // Disposed of, it has stopped: the trainer is free again. Its own progress function may do that, too.
            trainer.Update();
            Job own = null;
            using (var started = new ManualResetEventSlim())
            {
                own = trainer.StartJob(new TrainOptions
                {
                    Progress = _ =>
                    {
                        started.Wait();
                        Check.Refuses(Status.InvalidArgument, "", () => own.Wait());
                        own.Dispose();
                        return false;
                    },
                });
                started.Set();
                var patience = DateTime.UtcNow.AddSeconds(60);
                while (true)
                {
                    try
                    {
                        trainer.Update();
                        break;
                    }
                    catch (PpoException exception) when (exception.Code == Status.Busy && DateTime.UtcNow < patience)
                    {
                        Thread.Sleep(1);
                    }
                }
            }
            Check.Throws<ObjectDisposedException>("a disposed job", () => own.Cancel());
        }
    }

    private static void Online(string folder)
    {
        string checkpoint = Path.Combine(folder, "online.safetensors");
        var state = new float[Simulator.S];
        var next = new float[Simulator.S];
        var action = new float[Simulator.A];
        var weights = new double[Simulator.A];
        var config = Simulator.Settings(1000);
        config.NEnvs = 2;
        config.NSteps = 128;
        config.LearningRateSchedule = Schedule.Constant;
        using (var agent = new Agent(Simulator.Spec))
        using (var random = new RandomStream(1))
        using (var trainer = Trainer.Online(agent, config))
        {
            Check.Refuses(Status.InvalidArgument, "", () => trainer.Train());
            Check.Refuses(Status.InvalidArgument, "`transitions` is 0, expected at least 2", () => trainer.Update());
            int updates = 0;
            for (uint i = 0; i < 40 * 256; i++)
            {
                Simulator.Fill(i, state);
                Simulator.Fill(i + 2, next);
                double logProb = agent.SampleAction(random, state, null, action, weights);
                updates += trainer.Observe(new Transition
                {
                    Env = i % 2,
                    State = state,
                    Action = action,
                    NextState = next,
                    LogProb = i % 3 == 0 ? double.NaN : logProb,
                    Reward = 0.01 * weights[0] - 0.01 * weights[1],
                    Terminated = i % 10 >= 8,
                    Truncated = i % 10 == 5,
                }) ? 1 : 0;
            }
            Check.Same(40, updates, "updates");
            Check.That(Simulator.Gain(agent) > 0.9, "learnt: " + Simulator.Gain(agent));
            var bad = new Transition { State = state, Action = action, NextState = next, Reward = double.NaN };
            Check.Refuses(Status.NotFinite, "transition.reward", () => trainer.Observe(bad));
            bad.Reward = 0.0;
            bad.Env = 2;
            Check.Refuses(Status.InvalidArgument, "`transition.env` is 2, expected below 2", () => trainer.Observe(bad));
            bad.Env = 0;
            bad.State = null;
            Check.Refuses(Status.NullPointer, "transition.state", () => trainer.Observe(bad));
            bad.State = new float[0];
            Check.Refuses(Status.Length, "transition.state", () => trainer.Observe(bad));
            bad.State = state;
            Check.That(!trainer.Observe(bad, false) && !trainer.Observe(bad, false), "kept only");
            Check.Same(40ul * 256 + 2, trainer.Update().EnvSteps, "steps after an update by hand");
            trainer.Save(checkpoint);
            using (var resumed = Trainer.ResumeOnline(checkpoint, out var other))
            using (other)
            {
                Check.Same(Simulator.Gain(agent), Simulator.Gain(other), "the resumed agent");
            }
        }
    }

    private static void Threads()
    {
        int before = Library.TorchThreads;
        Library.TorchThreads = 2;
        Check.Same(2, Library.TorchThreads, "libtorch's threads");
        Library.TorchThreads = before;
        Check.Refuses(Status.InvalidArgument, "threads", () => Library.TorchThreads = -1);
    }
}
