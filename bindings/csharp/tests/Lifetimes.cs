using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PpoRisk;

/// <summary>Threads, the collector, and objects that go while they are used.</summary>
internal static class Lifetimes
{
    internal static void All(string model)
    {
        OwnWords(model);
        DisposedInUse(model);
        Logging(model);
        Cycles(model);
        if (Library.CanTrain)
        {
            SelectWhileTraining();
            CollectedCallbacks();
        }
    }

    /// <summary>Eight threads fail on one agent in eight ways, and each exception has its own call's words.</summary>
    private static void OwnWords(string model)
    {
        using (var agent = Agent.Load(model))
        {
            Run(8, thread =>
            {
                var state = new float[Check.States];
                var prior = new double[Check.Actions];
                var weights = new double[Check.Actions];
                Check.Input(1, state, prior);
                state[thread] = float.NaN;
                for (int i = 0; i < 2000; i++)
                {
                    Check.Refuses(Status.NotFinite, "state[" + thread + "]", () => agent.SelectAction(state, prior, weights));
                }
            });
        }
    }

    /// <summary>A call that began before Dispose ends with its result; one that comes later, with ObjectDisposedException.</summary>
    private static void DisposedInUse(string model)
    {
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var expected = new double[Check.Actions];
        Check.Input(1, state, prior);
        var master = Agent.Load(model);
        master.SelectAction(state, prior, expected);
        int decided = 0, refused = 0;
        for (int round = 0; round < 8; round++)
        {
            var agent = master.Clone();
            var begun = new CountdownEvent(3);
            var users = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(() =>
            {
                var weights = new double[Check.Actions];
                try
                {
                    for (int i = 0; ; i++)
                    {
                        agent.SelectAction(state, prior, weights);
                        if (i == 0)
                        {
                            begun.Signal();
                        }
                        Check.That(weights.SequenceEqual(expected), "a decision during Dispose");
                        Interlocked.Increment(ref decided);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
            }, TaskCreationOptions.LongRunning)).ToArray();
            begun.Wait();
            Thread.SpinWait(round * 1000);
            agent.Dispose();
            Task.WaitAll(users);
        }
        master.Dispose();
        Check.That(decided >= 24 && refused == 24, decided + " decisions and " + refused + " refusals");
    }

    private static void Logging(string model)
    {
        var lines = new ConcurrentQueue<string>();
        // The delegate is the binding's alone from here on.
        Hear(lines);
        Collect();
        Run(4, thread =>
        {
            for (int i = 0; i < 50; i++)
            {
                Check.Throws<FileNotFoundException>("a file that is not there", () => Agent.Load("no/such/file-" + thread));
                if (i % 10 == 0)
                {
                    Collect();
                }
            }
        });
        for (int thread = 0; thread < 4; thread++)
        {
            Check.Same(50, lines.Count(line => line.Contains("no/such/file-" + thread)), "lines of thread " + thread);
        }
        // What the function throws reaches no call; the call's own exception does.
        Log.Send(LogLevel.Debug, (level, line) => throw new InvalidDataException("the log is full"));
        var failure = Check.Throws<FileNotFoundException>("a call that is logged", () => Agent.Load("no/such/file"));
        Check.Same((Status?)Status.Io, (failure?.InnerException as PpoException)?.Code, "a call that is logged");
        Check.That(Log.TakeFailure() is InvalidDataException && Log.TakeFailure() == null, "the log's failure, once");
        // Replaced by itself: refused.
        Status? answer = null;
        Log.Send(LogLevel.Debug, (level, line) =>
        {
            try
            {
                Log.Send(LogLevel.Off, null);
            }
            catch (PpoException exception)
            {
                answer = exception.Code;
            }
        });
        Check.Throws<FileNotFoundException>("a call that is logged", () => Agent.Load("no/such/file"));
        Check.Same((Status?)Status.Busy, answer, "a log that replaces itself");
        Check.Refuses(Status.InvalidArgument, "level", () => Log.Send((LogLevel)99, (level, line) => { }));
        // Swapped while threads write to it.
        Run(4, thread =>
        {
            for (int i = 0; i < 200; i++)
            {
                if (thread == 0)
                {
                    Hear(lines);
                }
                else
                {
                    Check.Throws<FileNotFoundException>("a file that is not there", () => Agent.Load("no/such/file"));
                }
            }
        });
        Log.Send(LogLevel.Off, null);
        int before = lines.Count;
        Check.Throws<FileNotFoundException>("a call that is not logged", () => Agent.Load("no/such/file"));
        Check.Same(before, lines.Count, "lines after the log was switched off");
    }

    private static void Hear(ConcurrentQueue<string> lines)
    {
        Log.Send(LogLevel.Debug, (level, line) => lines.Enqueue(line));
    }

    /// <summary>
    /// 10^5 agents and streams made and let go, half of them by the collector: memory stays. The heap may grow once; what
    /// leaks grows in every round.
    /// </summary>
    private static void Cycles(string model)
    {
        const int Rounds = 4, InRound = 25000;
        double least = double.PositiveInfinity;
        using (var master = Agent.Load(model))
        {
            for (int round = -1; round < Rounds; round++)
            {
                double before = Resident();
                for (int i = 0; i < InRound; i++)
                {
                    Cycle(master, i);
                }
                Collect();
                if (round >= 0)
                {
                    least = Math.Min(least, Resident() - before);
                }
            }
        }
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "cs_cycles_growth_mb {0:0.00}", least));
        Check.That(least < 0.75, "memory grew by " + least + " MB and more in every round");
    }

    private static void Cycle(Agent master, int i)
    {
        var agent = master.Clone();
        var random = new RandomStream(1, (ulong)i);
        if (i % 2 == 0)
        {
            agent.Dispose();
            random.Dispose();
        }
    }

    private static double Resident()
    {
        string line = File.ReadAllLines("/proc/self/status").First(one => one.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ').First(part => part.Length > 0 && char.IsDigit(part[0])), CultureInfo.InvariantCulture) / 1024.0;
    }

    private static void SelectWhileTraining()
    {
        using (var agent = new Agent(Simulator.Spec))
        using (var trainer = Trainer.OnHost(agent, new Simulator(), Simulator.Settings(60)))
        {
            bool training = true;
            var changes = new int[8];
            double start = Simulator.Gain(agent);
            int updates = 0;
            // The last update ends once every thread has seen a new policy, however few turns it gets.
            var task = trainer.TrainAsync(new Hearing(() =>
            {
                if (++updates == 60)
                {
                    SpinWait.SpinUntil(() => Enumerable.Range(0, 8).All(i => Volatile.Read(ref changes[i]) > 0), 60000);
                }
            }));
            var deciders = Task.Factory.StartNew(
                () => Run(8, thread =>
                {
                    double before = start;
                    while (Volatile.Read(ref training))
                    {
                        double now = Simulator.Gain(agent);
                        Check.That(now > 0.0 && now < 1.0, "a decision while training: " + now);
                        changes[thread] += now != before ? 1 : 0;
                        before = now;
                        Thread.Yield();
                    }
                }),
                TaskCreationOptions.LongRunning);
            Check.Same(60ul, task.Result.Update, "updates while eight threads decide");
            Volatile.Write(ref training, false);
            deciders.Wait();
            Check.That(changes.All(count => count > 0), "every thread saw new policies: " + string.Join(", ", changes));
        }
    }

    /// <summary>Nobody but the binding holds environment, listener, trainer and job; the collector runs at every step.</summary>
    private static void CollectedCallbacks()
    {
        using (var agent = new Agent(Simulator.Spec))
        {
            int heard = 0;
            var task = Begin(agent, () => Interlocked.Increment(ref heard));
            while (!task.Wait(5))
            {
                Collect();
            }
            Check.That(task.Result.Update == 10 && heard == 10, "updates under the collector: " + heard);
        }
        Collect();
    }

    private static Task<Metrics> Begin(Agent agent, Action hear)
    {
        int steps = 0;
        var world = new Simulator
        {
            OnStep = () =>
            {
                if (++steps % 50 == 0)
                {
                    GC.Collect();
                }
            },
        };
        var trainer = Trainer.OnHost(agent, world, Simulator.Settings(10));
        return trainer.TrainAsync(new Hearing(hear));
    }

    private sealed class Hearing : IProgress<Metrics>
    {
        private readonly Action hear;

        internal Hearing(Action hear)
        {
            this.hear = hear;
        }

        public void Report(Metrics value)
        {
            hear();
            GC.Collect();
        }
    }

    internal static void Run(int threads, Action<int> work)
    {
        var running = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            try
            {
                work(number);
            }
            catch (Exception exception)
            {
                Check.That(false, "thread " + number + ": " + exception);
            }
        })).ToArray();
        foreach (var thread in running)
        {
            thread.Start();
        }
        foreach (var thread in running)
        {
            thread.Join();
        }
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
