using System;
using System.IO;
using System.Linq;
using System.Threading;
using PpoRisk;

/// <summary>Ranks that train one policy: threads that gather through memory.</summary>
internal static class Ranks
{
    private const string Gbm =
        "{\"model\": \"gbm\", \"assets\": [\"GOOD\", \"BAD\"], \"drift\": [0.05, 0.1], \"covariance\": [[0.04, 0.01], [0.01, 0.09]]}";

    private sealed class Rank : ICollectives
    {
        private readonly byte[][] sent;
        private readonly Barrier barrier;

        internal Rank(int rank, byte[][] sent, Barrier barrier)
        {
            Rank_ = rank;
            this.sent = sent;
            this.barrier = barrier;
        }

        private int Rank_ { get; }

        int ICollectives.Rank
        {
            get { return Rank_; }
        }

        public int Size
        {
            get { return sent.Length; }
        }

        public void Allgather(byte[] send, byte[] received)
        {
            if (barrier == null)
            {
                throw new TimeoutException("a rank is gone");
            }
            sent[Rank_] = send;
            barrier.SignalAndWait();
            Buffer.BlockCopy(sent.SelectMany(bytes => bytes).ToArray(), 0, received, 0, received.Length);
            barrier.SignalAndWait();
        }
    }

    internal static void All(string folder)
    {
        if (!Library.CanTrain)
        {
            return;
        }
        byte[] alone = Policy(Path.Combine(folder, "alone"), null);
        foreach (int size in new[] { 2, 4 })
        {
            var sent = new byte[size][];
            var barrier = new Barrier(size);
            var policies = new byte[size][];
            var threads = Enumerable.Range(0, size).Select(number => new Thread(() =>
            {
                policies[number] = Policy(Path.Combine(folder, size + "-" + number), new Rank(number, sent, barrier));
            })).ToArray();
            foreach (var thread in threads)
            {
                thread.Start();
            }
            foreach (var thread in threads)
            {
                thread.Join();
            }
            Check.That(policies.All(policy => policy.SequenceEqual(alone)), "policies of " + size + " ranks");
        }
        var gone = Check.Throws<TimeoutException>("a rank that is gone", () => Policy(null, new Rank(0, new byte[2][], null)));
        Check.Same("a rank is gone", gone?.Message, "what the rank threw");
        Check.Refuses(Status.InvalidArgument, "a power of two", () => Policy(null, new Rank(0, new byte[3][], null)));
    }

    private static byte[] Policy(string path, ICollectives ranks)
    {
        var config = Simulator.Settings(1000);
        config.NEnvs = 64;
        config.NSteps = 8;
        config.BatchSize = 128;
        config.Threads = 1;
        using (var agent = new Agent(Simulator.Spec))
        using (var market = Market.Simulated(Gbm))
        using (var trainer = Trainer.OnMarket(agent, market, config))
        {
            if (ranks != null)
            {
                trainer.Join(ranks);
            }
            for (int i = 0; i < 3; i++)
            {
                trainer.Update();
            }
            agent.Save(path);
            return File.ReadAllBytes(path);
        }
    }
}
